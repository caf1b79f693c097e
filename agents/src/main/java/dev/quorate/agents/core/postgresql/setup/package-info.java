/// Which settings of a PostgreSQL the cluster writes for its administrator, and what becomes of
/// them.
///
/// Values in, values out. It knows no connection, file or process, and does not judge: what is
/// wrong the doctor says.
@NullMarked
package dev.quorate.agents.core.postgresql.setup;

import org.jspecify.annotations.NullMarked;
