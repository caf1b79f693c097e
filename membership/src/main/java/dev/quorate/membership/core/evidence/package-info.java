/// Short-lived facts about nodes, the same on all members of a view. Pure.
///
/// Must not know what the facts mean; nothing is decided here.
@NullMarked
package dev.quorate.membership.core.evidence;

import org.jspecify.annotations.NullMarked;
