/// What was measured of two stacks side by side, and the page that tells it. Nothing here measures.
@NullMarked
package dev.quorate.comparison;

import org.jspecify.annotations.NullMarked;
