/// Puts addresses on Linux interfaces and speaks ARP, by system calls, without child processes.
///
/// It must not decide when: it does what the cluster asks of the agent.
@NullMarked
package dev.quorate.vip.linux;

import org.jspecify.annotations.NullMarked;
