@NullMarked
package dev.quorate.agents.core.postgresql.replication;

import org.jspecify.annotations.NullMarked;
