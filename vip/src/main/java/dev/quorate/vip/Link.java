package dev.quorate.vip;

/// A network interface as the kernel describes it.
///
/// @param index the kernel's number
/// @param name as `eth0`
/// @param mac its own Ethernet address
/// @param up whether an administrator has it up
/// @param carrier whether it is connected to something
/// @param arp whether it speaks ARP (not: loopback, tunnels)
public record Link(
    int index, String name, MacAddress mac, boolean up, boolean carrier, boolean arp) {}
