/// Tests of the configuration file.
@NullMarked
package dev.quorate.daemon.config;

import org.jspecify.annotations.NullMarked;
