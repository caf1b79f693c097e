/// Decides how a node is cut off and when that is proven.
///
/// Pure: it knows no clocks, threads, processes or logging; time comes in with each event and
/// everything to be done goes out as an effect.
@NullMarked
package dev.quorate.fencing.core;

import org.jspecify.annotations.NullMarked;
