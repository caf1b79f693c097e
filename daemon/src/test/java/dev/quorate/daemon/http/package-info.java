/// Tests of HTTP.
@NullMarked
package dev.quorate.daemon.http;

import org.jspecify.annotations.NullMarked;
