/// What PostgreSQL's positions, histories and promises mean, and what follows from them.
///
/// Pure: values in, values out. It must not know processes, connections, files, clocks or the log;
/// it reads no text but what it is handed.
@NullMarked
package dev.quorate.agents.core.postgresql;

import org.jspecify.annotations.NullMarked;
