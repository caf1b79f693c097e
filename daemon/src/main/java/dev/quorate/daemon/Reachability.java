package dev.quorate.daemon;

import dev.quorate.daemon.cli.HactlError;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// Whether the addresses with which a cluster is to be founded are good.
final class Reachability {
  private Reachability() {}

  /// A peer need not run a daemon yet, but its machine must be there: a wrong address could not be
  /// corrected later.
  static void require(SortedMap<NodeId, String> peers, int port) {
    SortedMap<NodeId, String> missing = new ConcurrentSkipListMap<>();
    List<Thread> attempts = new ArrayList<>();
    peers.forEach((peer, address) ->
        attempts.add(
            Thread.ofVirtual()
                .start(() ->
                    MemberClient.unreachable(address, port)
                        .ifPresent(reason ->
                            missing.put(
                                peer,
                                "node '%s' cannot be reached at %s:%d (%s)"
                                    .formatted(peer, address, port, reason))))));
    for (Thread attempt : attempts) {
      try {
        attempt.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw HactlError.failed("interrupted", "type the command again");
      }
    }
    if (!missing.isEmpty()) {
      throw HactlError.failed(
          String.join("; ", missing.values()),
          "nothing was changed: correct the address, or open TCP port "
              + port
              + " there; to found the cluster before that machine is up, add --force");
    }
  }

  /// Whether the address belongs to this machine.
  static boolean local(String address) {
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
