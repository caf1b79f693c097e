/// Tests of the daemon's shell.
@NullMarked
package dev.quorate.daemon;

import org.jspecify.annotations.NullMarked;
