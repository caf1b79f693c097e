/// Who streams from whom and how far behind, as instances say of themselves: evidence.
///
/// Shows, and bounds what an election may lose. Must not know how evidence travels, and elects
/// nobody.
@NullMarked
package dev.quorate.agents.core.postgresql.replication;

import org.jspecify.annotations.NullMarked;
