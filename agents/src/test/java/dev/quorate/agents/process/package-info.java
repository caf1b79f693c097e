@NullMarked
package dev.quorate.agents.process;

import org.jspecify.annotations.NullMarked;
