/// Tests of the command line.
@NullMarked
package dev.quorate.daemon.cli;

import org.jspecify.annotations.NullMarked;
