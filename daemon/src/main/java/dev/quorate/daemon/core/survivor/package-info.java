/// Two voters without a third: who of them may go on alone after the other was shown to be off.
///
/// Decisions only. It knows no socket, disk, fence device or log; it does not know what runs on a
/// node, nor how a log of one voter is opened.
@NullMarked
package dev.quorate.daemon.core.survivor;

import org.jspecify.annotations.NullMarked;
