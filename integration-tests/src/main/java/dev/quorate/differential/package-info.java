/// The differential tester: random small clusters, decided by the policy engine and by Pacemaker's
/// `crm_simulate`, compared; what differs is made small.
///
/// One seed gives one cluster. Must not know daemons, the lab or the simulator.
@NullMarked
package dev.quorate.differential;

import org.jspecify.annotations.NullMarked;
