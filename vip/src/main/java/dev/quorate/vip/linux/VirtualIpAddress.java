package dev.quorate.vip.linux;

import dev.quorate.vip.AssignedAddress;
import dev.quorate.vip.Ipv4Address;
import dev.quorate.vip.Link;
import dev.quorate.vip.MacAddress;
import dev.quorate.vip.VipConfig;
import dev.quorate.vip.VirtualIp;
import dev.quorate.vip.core.AddressPlacement;
import dev.quorate.vip.core.AnnouncementSchedule;
import dev.quorate.vip.core.ArpPacket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// One virtual address on this machine: adds, renews, watches and removes it. Thread-safe.
///
/// The kernel is told to forget the address after its life-time. Whoever wants to keep it must call
/// [#renew] more often; a dead or frozen daemon gives its address up by itself.
public final class VirtualIpAddress implements AutoCloseable {
  /// What became of an operation.
  public sealed interface Outcome {
    /// The address is present and the interface can carry packets.
    record Present(VirtualIp address) implements Outcome {}

    /// The address is not present on this machine.
    record Absent() implements Outcome {}

    /// The address is present, but nobody can reach it.
    record Unreachable(VirtualIp address, String reason) implements Outcome {}

    /// Somebody else has the address; nothing was done.
    record Conflict(MacAddress holder, String reason) implements Outcome {}

    /// It could not be done; the reason says why and what to do.
    record Failed(String reason) implements Outcome {}
  }

  private static final Logger log = LoggerFactory.getLogger(VirtualIpAddress.class);

  /// How long an address that is to go may be kept by its connections.
  private static final Duration CUTTING = Duration.ofMillis(100);

  /// How long one that is being reset in the end may take.
  private static final Duration LAST_ONE = Duration.ofMillis(20);

  private final VipConfig config;
  private @Nullable Thread announcer;
  private boolean prepared;
  private volatile @Nullable HolderLook ahead;

  /// Makes a handle; touches nothing.
  public VirtualIpAddress(VipConfig config) {
    this.config = config;
  }

  /// Makes the address present: looks for another holder, adds it, announces it. If it is present
  /// already it is renewed and announced again.
  public synchronized Outcome add() {
    try (var netlink = new RouteNetlink()) {
      var links = netlink.links();
      var addresses = netlink.addresses();
      return switch (AddressPlacement.find(config, links, addresses)) {
        case AddressPlacement.Nowhere(var reason) -> new Outcome.Failed(reason);
        case AddressPlacement.Here(var address) -> add(netlink, address, links, addresses);
      };
    } catch (SystemCallException e) {
      return new Outcome.Failed(config.ip() + ": " + e.getMessage());
    }
  }

  /// Begins to look for another holder, so that an [#add] that follows soon need not wait for it.
  /// Returns at once; what keeps it from looking is told by that.
  public void lookAhead() {
    Thread.ofPlatform().daemon().name("vip-look-ahead").start(this::beginLook);
  }

  /// Whether a look that was begun by [#lookAhead] goes on, or waits to be used.
  boolean looksAhead() {
    return ahead != null;
  }

  private void beginLook() {
    try (var netlink = new RouteNetlink()) {
      var addresses = netlink.addresses();
      if (AddressPlacement.find(config, netlink.links(), addresses)
              instanceof AddressPlacement.Here(var address)
          && mayBeElsewhere(address, addresses)) {
        ahead = HolderLook.begin(address);
      }
    } catch (SystemCallException e) {
      log.atDebug().addKeyValue("reason", e.getMessage()).log("not looked ahead");
    }
  }

  private boolean mayBeElsewhere(VirtualIp address, List<AssignedAddress> addresses) {
    return held(addresses).isEmpty() && config.duplicateCheck() && address.link().arp();
  }

  /// Whoever an early look met may have gone since: he is looked for again.
  private Optional<MacAddress> holder(VirtualIp address) {
    var begun = ahead;
    ahead = null;
    return begun != null && begun.foundNobody(address)
        ? Optional.empty()
        : HolderLook.begin(address).await();
  }

  private Outcome add(
      RouteNetlink netlink, VirtualIp address, List<Link> links, List<AssignedAddress> addresses) {
    var elsewhere = held(addresses).filter(own -> !sameAs(own, address));
    if (elsewhere.isPresent()) {
      return new Outcome.Failed(
          config.ip()
              + " is present already as "
              + describe(elsewhere.get(), links)
              + ", not as "
              + address
              + "; correct nic and cidr_netmask, or remove it");
    }
    var obstacle = obstacle(address.link());
    if (obstacle.isPresent()) {
      return new Outcome.Failed(obstacle.get());
    }
    if (mayBeElsewhere(address, addresses)) {
      var holder = holder(address);
      if (holder.isPresent()) {
        return new Outcome.Conflict(
            holder.get(),
            address.ip()
                + " is in use by "
                + holder.get()
                + " on the network of "
                + address.link().name());
      }
    }
    put(netlink, address);
    announce(address, AnnouncementSchedule.afterStart(config));
    prepareToCut();
    return new Outcome.Present(address);
  }

  /// Makes the address absent, on whatever interface it is, and lets those who are connected to it
  /// know.
  public synchronized Outcome remove() {
    stopAnnouncing();
    try (var netlink = new RouteNetlink()) {
      var links = netlink.links();
      for (var own : netlink.addresses()) {
        if (own.ip().equals(config.ip())) {
          cutConnections();
          netlink.delete(asPresent(own, links));
        }
      }
      return held(netlink.addresses()).isEmpty()
          ? new Outcome.Absent()
          : new Outcome.Failed(config.ip() + " is still present after its removal");
    } catch (SystemCallException e) {
      return new Outcome.Failed(config.ip() + ": " + e.getMessage());
    }
  }

  /// Nothing of this keeps the address from going, not even a kernel that loads a module from a
  /// disk that does not answer.
  private void cutConnections() {
    long end = System.nanoTime() + CUTTING.toNanos();
    try {
      var cutter = Thread.ofPlatform().daemon().name("vip-cut").start(() -> cut(end));
      if (!cutter.join(CUTTING.plus(LAST_ONE))) {
        log.atInfo()
            .addKeyValue("target", config.ip())
            .addKeyValue("milliseconds", CUTTING.toMillis())
            .log("connections to an address that goes are not reset in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (OutOfMemoryError e) { // no thread can be had
      log.atInfo().addKeyValue("reason", e.getMessage()).log("connections are not reset");
    }
  }

  private void cut(long end) {
    try {
      var cut = Connections.cut(config.ip(), end);
      log.atLevel(cut.left() == 0 ? Level.DEBUG : Level.INFO)
          .addKeyValue("target", config.ip())
          .addKeyValue("count", cut.reset())
          .addKeyValue("left", cut.left())
          .log("connections were reset");
    } catch (RuntimeException e) { // the kernel refuses, or answers what nobody understands
      log.atInfo()
          .addKeyValue("target", config.ip())
          .addKeyValue("reason", e.getMessage())
          .log("connections to an address that goes are not reset");
    }
  }

  /// Spares the first [#remove] what the kernel does only once.
  private void prepareToCut() {
    if (!prepared) {
      prepared = true;
      Thread.ofPlatform().daemon().name("vip-prepare").start(VirtualIpAddress::prepare);
    }
  }

  private static void prepare() {
    try {
      Connections.prepare();
    } catch (RuntimeException e) { // as above
      log.atDebug().addKeyValue("reason", e.getMessage()).log("connections cannot be read");
    }
  }

  /// Looks whether the address is present and can be reached.
  public synchronized Outcome monitor() {
    try (var netlink = new RouteNetlink()) {
      var outcome = look(netlink);
      if (outcome instanceof Outcome.Present(var address) && config.announceOnMonitor() > 0) {
        announce(address, AnnouncementSchedule.afterMonitor(config));
      }
      return outcome;
    } catch (SystemCallException e) {
      return new Outcome.Failed(config.ip() + ": " + e.getMessage());
    }
  }

  /// Gives the address its full life-time again if it is present; never brings it back.
  public synchronized Outcome renew() {
    try (var netlink = new RouteNetlink()) {
      long before = System.nanoTime();
      var links = netlink.links();
      var own = held(netlink.addresses());
      if (own.isEmpty()) {
        return new Outcome.Absent();
      }
      var address = asPresent(own.get(), links);
      put(netlink, address);
      boolean expiredMeanwhile =
          !own.get().permanent()
              && Duration.ofNanos(System.nanoTime() - before).toSeconds()
                  >= own.get().validSeconds();
      if (expiredMeanwhile) {
        // This thread slept so long that the address had gone and the renewal brought it back.
        netlink.delete(address);
        return new Outcome.Absent();
      }
      return new Outcome.Present(address);
    } catch (SystemCallException e) {
      return new Outcome.Failed(config.ip() + ": " + e.getMessage());
    }
  }

  /// Stops announcing; leaves the address as it is.
  @Override
  public synchronized void close() {
    stopAnnouncing();
  }

  private Outcome look(RouteNetlink netlink) {
    var links = netlink.links();
    var own = held(netlink.addresses());
    if (own.isEmpty()) {
      return new Outcome.Absent();
    }
    var address = asPresent(own.get(), links);
    return obstacle(address.link())
        .<Outcome>map(reason -> new Outcome.Unreachable(address, reason))
        .orElse(new Outcome.Present(address));
  }

  private Optional<String> obstacle(Link link) {
    if (!link.up()) {
      return Optional.of("interface " + link.name() + " is down");
    }
    return config.checkLink() && !link.carrier()
        ? Optional.of("interface " + link.name() + " has no carrier")
        : Optional.empty();
  }

  private Optional<AssignedAddress> held(List<AssignedAddress> addresses) {
    return addresses.stream().filter(own -> own.ip().equals(config.ip())).findFirst();
  }

  private static boolean sameAs(AssignedAddress own, VirtualIp address) {
    return own.linkIndex() == address.link().index() && own.prefix() == address.prefix();
  }

  private static String describe(AssignedAddress own, List<Link> links) {
    return asPresent(own, links).toString();
  }

  /// The address as it is now, so that a renewal changes nothing but its life-time.
  private static VirtualIp asPresent(AssignedAddress own, List<Link> links) {
    var link =
        links.stream()
            .filter(each -> each.index() == own.linkIndex())
            .findFirst()
            .orElse(new Link(own.linkIndex(), "?", MacAddress.NONE, false, false, false));
    return new VirtualIp(
        own.ip(),
        own.prefix(),
        own.prefix() <= 30 ? own.ip().broadcast(own.prefix()) : Ipv4Address.ANY,
        own.label(),
        link);
  }

  private void put(RouteNetlink netlink, VirtualIp address) {
    netlink.put(address, config.lifetime().toSeconds(), config.prefixRoute(), config.deprecated());
  }

  /// Sends the first announcement at once and the others from a thread of their own.
  private void announce(VirtualIp address, List<Duration> times) {
    stopAnnouncing();
    if (times.isEmpty() || !address.link().arp()) {
      return;
    }
    announceOnce(address);
    announcer = Thread.ofVirtual().name("vip-announcer").start(() -> announceRest(address, times));
  }

  private static void announceRest(VirtualIp address, List<Duration> times) {
    try {
      for (int i = 1; i < times.size(); i++) {
        Thread.sleep(times.get(i).minus(times.get(i - 1)));
        announceOnce(address);
      }
    } catch (InterruptedException e) {
      // The address is going: no more announcements.
    }
  }

  private static void announceOnce(VirtualIp address) {
    var mac = address.link().mac();
    try (var socket = new PacketSocket(address.link())) {
      socket.send(ArpPacket.gratuitousRequest(mac, address.ip()));
      socket.send(ArpPacket.gratuitousReply(mac, address.ip()));
    } catch (SystemCallException e) {
      log.atWarn()
          .addKeyValue("target", address)
          .addKeyValue("reason", e.getMessage())
          .log("address could not be announced");
    }
  }

  /// Afterwards no announcement is sent any more.
  private void stopAnnouncing() {
    var thread = announcer;
    announcer = null;
    if (thread != null) {
      thread.interrupt();
      try {
        thread.join(Duration.ofMillis(500));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
