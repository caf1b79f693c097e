/// Tests of keys and tokens.
@NullMarked
package dev.quorate.daemon.secrets;

import org.jspecify.annotations.NullMarked;
