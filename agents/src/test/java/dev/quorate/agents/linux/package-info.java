@NullMarked
package dev.quorate.agents.linux;

import org.jspecify.annotations.NullMarked;
