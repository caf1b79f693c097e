/// What an administrator should change about a PostgreSQL before it matters.
///
/// Judges what was found and looks at nothing itself: it knows no connection, file or process.
@NullMarked
package dev.quorate.agents.core.postgresql.doctor;

import org.jspecify.annotations.NullMarked;
