/// Tests of the brain of a node: events in, effects out, no clock but the test's own.
@NullMarked
package dev.quorate.daemon.core;

import org.jspecify.annotations.NullMarked;
