package dev.quorate.membership.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingAddress;
import dev.quorate.membership.RingId;
import dev.quorate.membership.RingPeer;
import dev.quorate.membership.View;
import dev.quorate.membership.ViewListener;
import dev.quorate.membership.core.TwinWatch;
import dev.quorate.membership.core.link.LinkState;
import dev.quorate.membership.netty.RingCounters.Count;
import dev.quorate.membership.time.MonotonicTime;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Three rings in one process, over UDP on the loopback.
class RingDriverTest {
  @TempDir Path directory;

  private final Object changed = new Object();
  private final TreeMap<String, RingPeer> peers = new TreeMap<>();
  private final List<Station> stations = new ArrayList<>();

  /// A node: its driver and what the driver said.
  private final class Station implements ViewListener {
    final RingDriver driver;
    final List<View> views = new ArrayList<>();
    final List<String> messages = new ArrayList<>();
    final List<NodeId> left = new ArrayList<>();

    Station(String name, long run, byte secret) {
      this(name, run, secret, new HostAddresses());
    }

    Station(String name, long run, byte secret, HostAddresses hosts) {
      this(name, "boot", run, secret, hosts);
    }

    Station(String name, String boot, long run, byte secret, HostAddresses hosts) {
      var key = new byte[32];
      Arrays.fill(key, secret);
      driver =
          new RingDriver(
              new RingSetup(
                  "test",
                  RingKeys.of(ClusterKey.of(key)),
                  new Member(new NodeId(name), new Incarnation(boot, run)),
                  java.util.Objects.requireNonNull(peers.get(name)).links(),
                  List.copyOf(peers.values()),
                  directory.resolve(name + ".sequence"),
                  MembershipConfig.defaults()),
              new MonotonicTime(),
              this,
              hosts);
      stations.add(this);
      driver.start();
    }

    @Override
    public void viewInstalled(View view, List<NodeId> gone) {
      note(() -> {
        views.add(view);
        left.addAll(gone);
      });
    }

    @Override
    public void delivered(RingId ring, NodeId sender, byte[] payload) {
      note(() -> messages.add(sender + ":" + new String(payload, StandardCharsets.US_ASCII)));
    }

    @Override
    public void paused(Duration howLong) {}

    int members() {
      return views.isEmpty() ? 0 : views.getLast().members().size();
    }
  }

  private void note(Runnable what) {
    synchronized (changed) {
      what.run();
      changed.notifyAll();
    }
  }

  /// Waits until the condition holds; how long it took, in milliseconds.
  private long await(BooleanSupplier condition) {
    var start = System.nanoTime();
    synchronized (changed) {
      while (!condition.getAsBoolean()) {
        var left = 10_000 - (System.nanoTime() - start) / 1_000_000;
        assertTrue(left > 0, "not within 10 s");
        try {
          changed.wait(Math.min(left, 20));
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  @BeforeEach
  void choosePorts() throws IOException {
    var sockets = new ArrayList<DatagramSocket>();
    for (var name : List.of("a", "b", "c", "d")) {
      var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      peers.put(
          name, RingPeer.of(new NodeId(name), new RingAddress("127.0.0.1", socket.getLocalPort())));
    }
    sockets.forEach(DatagramSocket::close);
  }

  @AfterEach
  void closeAll() {
    stations.forEach(s -> s.driver.close());
  }

  private boolean together(int size, Station... all) {
    return Arrays.stream(all)
        .allMatch(s -> s.members() == size && s.views.getLast().equals(all[0].views.getLast()));
  }

  private static long resent(Station... stations) {
    return Arrays.stream(stations)
        .mapToLong(s -> s.driver.counters().get(Count.TOKENS_RESENT))
        .sum();
  }

  @Test
  @Tag("S3-40")
  void threeNodesFormAViewOrderMessagesAndNoticeADeadOne() {
    var a = new Station("a", 1, (byte) 7);
    var b = new Station("b", 1, (byte) 7);
    var c = new Station("c", 1, (byte) 7);
    System.out.println("formed in ms: " + await(() -> together(3, a, b, c)));

    for (int i = 0; i < 200; i++) {
      for (var station : List.of(a, b, c)) {
        assertTrue(station.driver.multicast(("m" + i).getBytes(StandardCharsets.US_ASCII)));
      }
    }
    System.out.println(
        "600 messages in ms: "
            + await(() ->
                a.messages.size() == 600 && b.messages.size() == 600 && c.messages.size() == 600));
    assertEquals(a.messages, b.messages);
    assertEquals(a.messages, c.messages);

    for (var station : List.of(a, b, c)) {
      var counters = station.driver.counters();
      assertTrue(counters.rotations() > 1, "the token comes round");
      assertTrue(counters.rotating().compareTo(Duration.ofSeconds(20)) < 0);
      assertTrue(counters.longestRotation().compareTo(counters.rotating()) <= 0);
    }
    var before = resent(a, b);
    c.driver.close();
    var detected = await(() -> together(2, a, b));
    System.out.println("death noticed in ms: " + detected);
    assertTrue(detected < 1_500, "within token timeout and consensus: " + detected);

    assertTrue(resent(a, b) > before, "the token was sent to the dead one again");

    var again = new Station("c", 2, (byte) 7);
    System.out.println("back in ms: " + await(() -> together(3, a, b, again)));
    var id = a.views.getLast().id().sequence();
    assertTrue(id > a.views.getFirst().id().sequence());

    again.driver.leave();
    System.out.println("leave noticed in ms: " + await(() -> together(2, a, b)));
    assertEquals(List.of(new NodeId("c")), a.left);
  }

  @Test
  void aRestartedDaemonIsBackBeforeItsDeathIsNoticed() {
    var a = new Station("a", 1, (byte) 7);
    var b = new Station("b", 1, (byte) 7);
    var c = new Station("c", 1, (byte) 7);
    await(() -> together(3, a, b, c));
    b.driver.close();
    var again = new Station("b", 2, (byte) 7);
    System.out.println("restart back in ms: " + await(() -> together(3, a, again, c)));
    var run =
        a.views.getLast().member(new NodeId("b")).map(m -> m.incarnation().run()).orElseThrow();
    assertEquals(2, run);
  }

  @Test
  void aNameThatIsNotKnownAtFirstIsAskedForAgain() {
    var known = new AtomicBoolean();
    var hosts =
        new HostAddresses(
            host -> {
              if (known.get() && host.equals("b.example")) {
                return List.of(InetAddress.getLoopbackAddress());
              }
              throw new UnknownHostException(host);
            },
            Duration.ofMillis(50));
    var literal = java.util.Objects.requireNonNull(peers.get("b"));
    int port = literal.links().getFirst().port();
    peers.put("b", RingPeer.of(literal.node(), new RingAddress("b.example", port)));
    peers.remove("c");
    peers.remove("d");
    var a = new Station("a", 1, (byte) 7, hosts);
    peers.put("b", literal);
    await(() -> a.members() == 1);
    assertEquals(0, a.driver.counters().get(Count.DATAGRAMS_SENT), "there is no way to b");

    known.set(true);
    await(() -> a.driver.counters().get(Count.DATAGRAMS_SENT) > 0);
    known.set(false);
    var b = new Station("b", 1, (byte) 7);
    await(() -> together(2, a, b));
  }

  @Test
  void aLinkOnWhichNobodyListensIsPassedBy() throws IOException {
    var sockets = new ArrayList<DatagramSocket>();
    for (var name : List.of("a", "b", "c")) {
      var first = java.util.Objects.requireNonNull(peers.get(name)).links().getFirst();
      var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      var second = new RingAddress("127.0.0.1", socket.getLocalPort());
      peers.put(name, new RingPeer(new NodeId(name), List.of(first, second)));
    }
    sockets.forEach(DatagramSocket::close);
    var a = new Station("a", 1, (byte) 7);
    var b = new Station("b", 1, (byte) 7);
    var right = java.util.Objects.requireNonNull(peers.get("a"));
    var nowhere = new RingAddress("127.0.0.1", 9);
    peers.put("a", new RingPeer(right.node(), List.of(nowhere, right.links().getLast())));
    var c = new Station("c", 1, (byte) 7);
    await(() -> together(3, a, b, c));
    await(() ->
        c.driver.links().stream()
            .filter(l -> l.peer().name().equals("a"))
            .allMatch(l ->
                (l.state() == LinkState.DOWN) == (l.link() == 0)
                    && l.preferred() == (l.link() == 1)));
    await(() ->
        a.driver.links().stream()
            .anyMatch(l -> l.peer().name().equals("c") && l.state() == LinkState.DOWN));
    assertTrue(a.driver.counters().get(Count.REDUNDANT) > 0);
    assertEquals(0, a.driver.counters().get(Count.DROPPED_REPLAYED));
    for (int i = 0; i < 100; i++) {
      assertTrue(c.driver.multicast(("m" + i).getBytes(StandardCharsets.US_ASCII)));
    }
    await(() -> a.messages.size() == 100 && b.messages.size() == 100 && c.messages.size() == 100);
    assertEquals(
        1,
        a.driver.links().stream()
            .filter(l -> l.link() == 1 && l.peer().name().equals("c"))
            .count());
    assertTrue(c.views.size() <= 2 && together(3, a, b, c), "no view changed");
  }

  @Test
  void aLinkMovesAndNothingIsLost() throws IOException {
    var sockets = new ArrayList<DatagramSocket>();
    for (var name : List.of("a", "b", "c")) {
      sockets.add(secondLink(name, "127.0.0.1"));
    }
    sockets.forEach(DatagramSocket::close);
    var a = new Station("a", 1, (byte) 7);
    var b = new Station("b", 1, (byte) 7);
    var c = new Station("c", 1, (byte) 7);
    await(() -> together(3, a, b, c) && isUp(a, "b") && isUp(b, "c") && isUp(c, "b"));
    var view = a.views.getLast();
    for (int i = 0; i < 600; i++) {
      if (i == 200) {
        secondLink("b", "127.0.0.77").close();
        a.driver.reach(List.copyOf(peers.values()));
        c.driver.reach(List.copyOf(peers.values()));
      }
      if (i == 300) {
        // Those who look for it where it is not yet find that out, and it that it hears nobody.
        await(() -> !isUp(a, "b") && !isUp(c, "b") && !isUp(b, "a") && !isUp(b, "c"));
      }
      if (i == 400) {
        b.driver.receiveAt(java.util.Objects.requireNonNull(peers.get("b")).links());
      }
      assertTrue(a.driver.multicast(("m" + i).getBytes(StandardCharsets.US_ASCII)));
    }
    await(() -> a.messages.size() == 600 && b.messages.size() == 600 && c.messages.size() == 600);
    await(() -> isUp(a, "b") && isUp(c, "b") && isUp(b, "a") && isUp(b, "c"));
    assertEquals(a.messages, b.messages);
    assertTrue(together(3, a, b, c), "all have one view");
    var since = a.views.subList(a.views.indexOf(view), a.views.size());
    assertTrue(since.stream().allMatch(v -> v.members().size() == 3), "nobody was left out");
  }

  @Test
  void aCopyOfAMachineIsNamedAndDisturbsNobody() throws IOException {
    var a = new Station("a", 1, (byte) 7);
    var b = new Station("b", 1, (byte) 7);
    var c = new Station("c", 1, (byte) 7);
    await(() -> together(3, a, b, c));
    var view = a.views.getLast();
    try (var socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.66"))) {
      var elsewhere = new RingAddress("127.0.0.66", socket.getLocalPort());
      peers.put("c", RingPeer.of(new NodeId("c"), elsewhere));
    }
    var copy = new Station("c", "another boot", 2, (byte) 7, new HostAddresses());
    var twin = new TwinWatch.Twin(new NodeId("c"), "127.0.0.66");
    await(() -> a.driver.twins().contains(twin) && b.driver.twins().contains(twin));
    await(() -> copy.members() == 1);
    assertTrue(c.driver.multicast("still here".getBytes(StandardCharsets.US_ASCII)));
    await(() -> a.messages.contains("c:still here") && b.messages.contains("c:still here"));
    assertTrue(a.driver.counters().get(Count.DROPPED_TWIN) > 0);
    assertEquals(List.of(), c.driver.twins());
    var since = a.views.subList(a.views.indexOf(view), a.views.size());
    assertTrue(since.stream().allMatch(v -> v.members().equals(view.members())), "no view changed");
    assertEquals(1, copy.members());
  }

  /// Gives a node a second link, at a port that is held until the socket is closed.
  private DatagramSocket secondLink(String name, String host) throws IOException {
    var first = java.util.Objects.requireNonNull(peers.get(name)).links().getFirst();
    var socket = new DatagramSocket(0, InetAddress.getByName(host));
    var second = new RingAddress(host, socket.getLocalPort());
    peers.put(name, new RingPeer(new NodeId(name), List.of(first, second)));
    return socket;
  }

  private static boolean isUp(Station at, String peer) {
    return at.driver.links().stream()
        .anyMatch(l -> l.link() == 1 && l.peer().name().equals(peer) && l.state() == LinkState.UP);
  }

  @Test
  void aNodeWithAnotherKeyNeverJoins() {
    var a = new Station("a", 1, (byte) 7);
    var b = new Station("b", 1, (byte) 7);
    var wrong = new Station("c", 1, (byte) 8);
    await(() -> together(2, a, b) && wrong.members() == 1);
    await(() -> a.driver.counters().get(Count.DROPPED_UNSEALABLE) > 0);
    await(() -> wrong.driver.counters().get(Count.DROPPED_UNSEALABLE) > 0);
    assertTrue(a.views.stream().noneMatch(v -> v.contains(new NodeId("c"))));
  }

  @Test
  void theKeyIsExchangedWithoutAChangeOfView() {
    var a = new Station("a", 1, (byte) 7);
    var b = new Station("b", 1, (byte) 7);
    var c = new Station("c", 1, (byte) 7);
    await(() -> together(3, a, b, c));
    var views = a.views.size() + b.views.size() + c.views.size();
    var old = new byte[32];
    Arrays.fill(old, (byte) 7);
    var fresh = ClusterKey.of(new byte[32]);
    var both = new RingKeys(new TreeMap<>(Map.of(1, ClusterKey.of(old), 2, fresh)));
    var said = 0;
    for (var keys : List.of(both, new RingKeys(new TreeMap<>(Map.of(2, fresh))))) {
      for (var station : List.of(b, c, a)) {
        station.driver.rekey(keys);
        assertTrue(station.driver.multicast("during".getBytes(StandardCharsets.US_ASCII)));
        var expected = ++said;
        await(() -> a.messages.size() == expected && c.messages.size() == expected);
      }
    }
    assertEquals(views, a.views.size() + b.views.size() + c.views.size(), "no view changed");
    assertEquals(0, a.driver.counters().get(Count.TOKENS_LOST));
    var behind = new Station("d", 1, (byte) 7);
    await(() -> behind.members() == 1);
    assertEquals(3, a.members());
  }

  @Test
  void anAddressInUseIsNamed() {
    new Station("a", 1, (byte) 7);
    var problem = assertThrows(RingException.class, () -> new Station("a", 1, (byte) 7));
    assertTrue(String.valueOf(problem.getMessage()).contains("ring address 127.0.0.1:"));
  }
}
