@NullMarked
package dev.quorate.agents.core.postgresql.doctor;

import org.jspecify.annotations.NullMarked;
