package dev.quorate.vip.linux;

import dev.quorate.vip.MacAddress;
import dev.quorate.vip.VirtualIp;
import dev.quorate.vip.core.AddressConflictPolicy;
import dev.quorate.vip.core.ArpPacket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// One look at the network for somebody else who has an address.
///
/// It blocks in system calls, so it gets a platform thread: a virtual one would hold its carrier.
final class HolderLook {
  private final VirtualIp address;
  private final long begun = System.nanoTime();
  private final CompletableFuture<Optional<MacAddress>> answer = new CompletableFuture<>();

  private HolderLook(VirtualIp address) {
    this.address = address;
  }

  /// Begins to look; returns at once.
  static HolderLook begin(VirtualIp address) {
    HolderLook look = new HolderLook(address);
    Thread.ofPlatform().daemon().name("vip-probe").start(look::run);
    return look;
  }

  private void run() {
    try {
      answer.complete(probe(address));
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
    }
  }

  /// Whether it says that nobody has this address at this moment; waits for its end if it can.
  boolean foundNobody(VirtualIp other) {
    Duration age = Duration.ofNanos(System.nanoTime() - begun);
    return other.equals(address)
        && age.compareTo(AddressConflictPolicy.FRESH) < 0
        && answer.handle((holder, refused) -> refused == null && holder.isEmpty()).join();
  }

  /// Who has it.
  ///
  /// @throws SystemCallException if the network cannot be looked at
  Optional<MacAddress> await() {
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof SystemCallException refused ? refused : e;
    }
  }

  private static Optional<MacAddress> probe(VirtualIp address) {
    var own = address.link().mac();
    try (var socket = new PacketSocket(address.link())) {
      long start = System.nanoTime();
      for (int i = 0; i < AddressConflictPolicy.PROBES.size(); i++) {
        socket.send(ArpPacket.probe(own, address.ip()));
        var until =
            i + 1 < AddressConflictPolicy.PROBES.size()
                ? AddressConflictPolicy.PROBES.get(i + 1)
                : AddressConflictPolicy.END;
        for (long left = left(start, until); left > 0; left = left(start, until)) {
          var holder =
              socket
                  .receive(left)
                  .flatMap(packet -> AddressConflictPolicy.otherHolder(packet, address.ip(), own));
          if (holder.isPresent()) {
            return holder;
          }
        }
      }
      return Optional.empty();
    }
  }

  private static long left(long start, Duration until) {
    return until.minusNanos(System.nanoTime() - start).toMillis();
  }
}
