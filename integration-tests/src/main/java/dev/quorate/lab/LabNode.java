package dev.quorate.lab;

import java.nio.file.Path;

/// A machine of the lab.
///
/// @param name as `n1`
/// @param address its IPv4 address on the lab's bridge
/// @param home its run directory: configuration, sockets, logs
/// @param store its disk: PostgreSQL's data and the daemon's state
record LabNode(String name, String address, Path home, Path store) {
  Path pgData() {
    return store.resolve("pgdata");
  }

  /// As seen from outside the node; inside, its disk is at [Lab#DISK].
  Path pgSocketDirectory() {
    return store.resolve("run");
  }

  Path adminSocket() {
    return home.resolve("quorate.sock");
  }
}
