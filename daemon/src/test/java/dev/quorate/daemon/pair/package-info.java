/// Tests of the arbitration's parts.
@NullMarked
package dev.quorate.daemon.pair;

import org.jspecify.annotations.NullMarked;
