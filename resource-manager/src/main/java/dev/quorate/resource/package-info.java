/// What runs where, and the way from here to there: the vocabulary of the domain.
///
/// This module names what must happen and never does it. It must not know agents, fence devices,
/// sockets, clocks or threads.
@NullMarked
package dev.quorate.resource;

import org.jspecify.annotations.NullMarked;
