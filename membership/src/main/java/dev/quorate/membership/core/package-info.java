/// The ring protocol as a pure machine: events in, effects out.
///
/// Must not know clocks, threads, sockets, random sources or logs; time comes in with each event.
@NullMarked
package dev.quorate.membership.core;

import org.jspecify.annotations.NullMarked;
