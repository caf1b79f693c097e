package dev.quorate.benchmark;

import dev.quorate.membership.netty.RingCounters.Count;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// An attacker on the network of a ring: noise, greetings and content that claim to come from
/// members, of this cluster and of others, whole and cut. The ring must deliver what its members
/// say and change no view.
final class HostileDatagrams {
  private static final int PER_SECOND = 1_000_000 / 60;
  private static final int PER_BURST = 17;

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(1);
  private final byte[] bytes = new byte[1_400];

  private HostileDatagrams() {}

  /// Attacks a ring of three for so many seconds.
  ///
  /// @return a line that says how it went
  /// @throws IllegalStateException if anything but counters changed
  static String run(int seconds) throws IOException {
    var stations = RingStation.ring(3);
    var views = stations.stream().mapToLong(s -> s.views.get()).sum();
    var sent = 0L;
    var said = 0L;
    try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      var attacker = new HostileDatagrams();
      var start = System.nanoTime();
      while (System.nanoTime() - start < seconds * 1_000_000_000L) {
        var due = (System.nanoTime() - start) * PER_SECOND / 1_000_000_000L;
        for (int i = 0; i < PER_BURST && sent < due; i++) {
          var target = stations.get((int) (sent++ % stations.size())).address;
          attacker.send(socket, new InetSocketAddress(target.host(), target.port()));
        }
        if (stations.getFirst().delivered.get() == said) {
          said += stations.get((int) (said % 3)).say(new byte[200]) ? 1 : 0;
        }
        LockSupport.parkNanos(500_000);
      }
    }
    var expected = said;
    RingStation.await(() -> stations.stream().allMatch(s -> s.delivered.get() == expected));
    var changed = stations.stream().mapToLong(s -> s.views.get()).sum() - views;
    var lost = count(stations, Count.TOKENS_LOST);
    stations.forEach(RingStation::close);
    if (changed != 0 || lost != 0) {
      throw new IllegalStateException(changed + " views changed, " + lost + " tokens lost");
    }
    return String.format(
        Locale.ROOT,
        "%d hostile datagrams in %d s: no view changed, no token lost, %d messages delivered by all;"
            + " dropped: %d unopened, %d foreign, %d beyond the rate, %d of strangers",
        sent,
        seconds,
        said,
        count(stations, Count.DROPPED_UNSEALABLE),
        count(stations, Count.DROPPED_FOREIGN),
        count(stations, Count.DROPPED_RATE),
        count(stations, Count.DROPPED_STRANGER));
  }

  private static long count(List<RingStation> stations, Count which) {
    return stations.stream().mapToLong(s -> s.counters().get(which)).sum();
  }

  private void send(DatagramSocket socket, InetSocketAddress to) throws IOException {
    var size = 1 + random.nextInt(bytes.length);
    random.nextBytes(bytes);
    if (random.nextInt(8) > 0) {
      forge();
    }
    socket.send(new DatagramPacket(bytes, size, to));
  }

  /// A clear header as members send it, as far as an attacker can know it.
  private void forge() {
    var name = (random.nextInt(6) == 0 ? "xx" : "n" + (1 + random.nextInt(3)));
    var mark = random.nextInt(4) == 0 ? random.nextLong() : markOfCluster();
    ByteBuffer.wrap(bytes)
        .put((byte) 0x51)
        .put((byte) 4)
        .put((byte) (1 + random.nextInt(3)))
        .putInt(1 + random.nextInt(2))
        .putLong(mark)
        .put((byte) name.length())
        .put(name.getBytes(StandardCharsets.US_ASCII));
  }

  private static long markOfCluster() {
    try {
      var digest = java.security.MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(digest.digest("benchmark".getBytes(StandardCharsets.UTF_8))).getLong();
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
