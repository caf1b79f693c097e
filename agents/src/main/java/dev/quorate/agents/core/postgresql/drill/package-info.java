/// Whether a database keeps what it acknowledged: what writers sent, held against what is there.
///
/// Counts and compares; it knows no connection, and who wrote what comes in as values.
@NullMarked
package dev.quorate.agents.core.postgresql.drill;

import org.jspecify.annotations.NullMarked;
