package dev.quorate.lab;

import java.util.List;

/// Spoils single directions and single pairs of the lab's network: packets are dropped where they
/// would arrive, so that the sender's kernel tells the sender nothing.
final class Cables {
  private static final String CHAIN = Lab.PREFIX;
  private static final List<String> OUTSIDE = List.of();

  private final Lab lab;

  Cables(Lab lab) {
    this.lab = lab;
  }

  /// Nothing reaches the node any more; what it says arrives.
  void deafen(LabNode node) {
    drop(inside(node), "-i", "eth0");
  }

  /// Nothing that the node says arrives anywhere; it hears everybody.
  void mute(LabNode node) {
    String address = hardwareAddress(node);
    for (LabNode other : lab.nodes()) {
      if (!other.equals(node)) {
        drop(inside(other), "-m", "mac", "--mac-source", address);
      }
    }
    drop(OUTSIDE, "-i", Lab.BRIDGE, "-m", "mac", "--mac-source", address);
  }

  /// The two do not hear each other any more; everybody else hears both.
  void sever(LabNode one, LabNode other) {
    drop(inside(one), "-m", "mac", "--mac-source", hardwareAddress(other));
    drop(inside(other), "-m", "mac", "--mac-source", hardwareAddress(one));
  }

  /// Everything passes again. Idempotent.
  void mend() {
    clear(OUTSIDE);
    lab.nodes().forEach(node -> clear(inside(node)));
  }

  /// Removes every trace of spoilt cables outside the nodes.
  static void forget() {
    clear(OUTSIDE);
  }

  private static void clear(List<String> where) {
    iptables(where, "-D", "INPUT", "-j", CHAIN);
    iptables(where, "-F", CHAIN);
    iptables(where, "-X", CHAIN);
  }

  private static void drop(List<String> where, String... what) {
    if (iptables(where, "-N", CHAIN).ok()) {
      must(iptables(where, "-I", "INPUT", "-j", CHAIN));
    }
    String[] words = new String[what.length + 4];
    words[0] = "-A";
    words[1] = CHAIN;
    System.arraycopy(what, 0, words, 2, what.length);
    words[what.length + 2] = "-j";
    words[what.length + 3] = "DROP";
    must(iptables(where, words));
  }

  private static void must(Command done) {
    if (!done.ok()) {
      throw new LabException("iptables failed with " + done.exit() + ": " + done.output());
    }
  }

  private String hardwareAddress(LabNode node) {
    return lab.in(node, "cat", "/sys/class/net/eth0/address").output();
  }

  private static List<String> inside(LabNode node) {
    return List.of("ip", "netns", "exec", Lab.PREFIX + "-" + node.name());
  }

  private static Command iptables(List<String> where, String... words) {
    List<String> all = new java.util.ArrayList<>(where);
    all.addAll(List.of("iptables", "-w"));
    all.addAll(List.of(words));
    return Command.run(all);
  }
}
