/// Runs standard fence-agent programs, unmodified.
///
/// It knows processes and the agents' own interface (`name=value` lines in, exit code out). It must
/// not know when or why a node is fenced.
@NullMarked
package dev.quorate.fencing.script;

import org.jspecify.annotations.NullMarked;
