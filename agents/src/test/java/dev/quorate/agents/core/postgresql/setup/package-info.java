/// Tests of what is written for an administrator.
@NullMarked
package dev.quorate.agents.core.postgresql.setup;

import org.jspecify.annotations.NullMarked;
