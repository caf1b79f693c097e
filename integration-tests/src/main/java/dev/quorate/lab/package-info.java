/// The lab: a cluster of real daemons and real PostgreSQL instances on one machine, in network
/// namespaces, with faults on demand and clients that keep count.
@NullMarked
package dev.quorate.lab;

import org.jspecify.annotations.NullMarked;
