/// When the conditional parts of a configuration hold, and what their names and values come to.
///
/// Must not know clocks, threads, I/O, nor what the values are used for: the moment, the node and
/// the resource are given.
@NullMarked
package dev.quorate.resource.core.rules;

import org.jspecify.annotations.NullMarked;
