/// Tests of the decisions of two voters.
@NullMarked
package dev.quorate.daemon.core.survivor;

import org.jspecify.annotations.NullMarked;
