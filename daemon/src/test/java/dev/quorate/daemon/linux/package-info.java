/// Tests of being on time.
@NullMarked
package dev.quorate.daemon.linux;

import org.jspecify.annotations.NullMarked;
