package dev.quorate.benchmark;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingAddress;
import dev.quorate.membership.RingId;
import dev.quorate.membership.RingPeer;
import dev.quorate.membership.View;
import dev.quorate.membership.ViewListener;
import dev.quorate.membership.netty.ClusterKey;
import dev.quorate.membership.netty.RingCounters;
import dev.quorate.membership.netty.RingDriver;
import dev.quorate.membership.netty.RingKeys;
import dev.quorate.membership.netty.RingSetup;
import dev.quorate.membership.time.MonotonicTime;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// A real ring driver on the loopback, with what it has said.
final class RingStation implements ViewListener, Voice, AutoCloseable {
  private static final long PATIENCE = 30_000_000_000L;

  final AtomicLong delivered = new AtomicLong();
  final AtomicLong views = new AtomicLong();
  final RingAddress address;
  private final RingDriver driver;
  private volatile Optional<View> view = Optional.empty();
  private volatile long viewAt;
  private volatile Consumer<byte[]> hearer = _ -> {};
  private volatile Runnable watcher = () -> {};

  RingStation(RingPeer self, List<RingPeer> peers, Path directory) {
    this.address = self.links().getFirst();
    driver =
        new RingDriver(
            new RingSetup(
                "benchmark",
                RingKeys.of(ClusterKey.of(new byte[ClusterKey.MIN_LENGTH])),
                new Member(self.node(), new Incarnation("boot", 1)),
                self.links(),
                peers,
                directory.resolve(self.node().name()),
                MembershipConfig.defaults()),
            new MonotonicTime(),
            this);
    driver.start();
  }

  /// Starts so many nodes and waits until they are one ring.
  static List<RingStation> ring(int size) throws IOException {
    var directory = Files.createTempDirectory("quorate-ring");
    var peers = peers(size);
    var stations = new ArrayList<RingStation>();
    for (var peer : peers) {
      stations.add(new RingStation(peer, peers, directory));
    }
    await(() -> stations.stream().allMatch(s -> s.members() == size));
    return stations;
  }

  /// Nodes on free ports of the loopback.
  static List<RingPeer> peers(int size) throws IOException {
    var sockets = new ArrayList<DatagramSocket>();
    var peers = new ArrayList<RingPeer>();
    for (int i = 0; i < size; i++) {
      var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      peers.add(
          RingPeer.of(
              new NodeId("n" + (i + 1)), new RingAddress("127.0.0.1", socket.getLocalPort())));
    }
    sockets.forEach(DatagramSocket::close);
    return peers;
  }

  /// Waits, awake, until something is so.
  static void await(BooleanSupplier condition) {
    var start = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - start > PATIENCE) {
        throw new IllegalStateException("not within 30 s");
      }
      java.util.concurrent.locks.LockSupport.parkNanos(200_000);
    }
  }

  @Override
  public boolean say(byte[] payload) {
    return driver.multicast(payload);
  }

  void speak(boolean on) {
    driver.speak(on);
  }

  RingCounters counters() {
    return driver.counters();
  }

  int members() {
    return view.map(v -> v.members().size()).orElse(0);
  }

  /// When the present view was installed, by `System.nanoTime`.
  long viewAt() {
    return viewAt;
  }

  @Override
  public long delivered() {
    return delivered.get();
  }

  @Override
  public void hear(Consumer<byte[]> ear) {
    hearer = ear;
  }

  /// Is told of each view from now on, on the ring's thread.
  void watch(Runnable eye) {
    watcher = eye;
  }

  @Override
  public void viewInstalled(View installed, List<NodeId> left) {
    viewAt = System.nanoTime();
    view = Optional.of(installed);
    views.incrementAndGet();
    watcher.run();
  }

  @Override
  public void delivered(RingId ring, NodeId sender, byte[] payload) {
    delivered.incrementAndGet();
    hearer.accept(payload);
  }

  @Override
  public void paused(Duration howLong) {}

  @Override
  public void close() {
    driver.close();
  }
}
