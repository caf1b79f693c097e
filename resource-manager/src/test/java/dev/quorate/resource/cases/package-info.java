/// Holds the decisions against recorded ones, if those are there.
@NullMarked
package dev.quorate.resource.cases;

import org.jspecify.annotations.NullMarked;
