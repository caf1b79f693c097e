/// Questions to the local PostgreSQL, each with a hard deadline.
///
/// The only place that speaks JDBC. Must not decide anything.
@NullMarked
package dev.quorate.agents.jdbc;

import org.jspecify.annotations.NullMarked;
