@NullMarked
package dev.quorate.agents.postgresql;

import org.jspecify.annotations.NullMarked;
