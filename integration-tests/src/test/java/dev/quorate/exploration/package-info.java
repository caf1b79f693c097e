/// Every order of events up to a depth, for small machines that must never be wrong.
@NullMarked
package dev.quorate.exploration;

import org.jspecify.annotations.NullMarked;
