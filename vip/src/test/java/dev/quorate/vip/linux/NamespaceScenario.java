package dev.quorate.vip.linux;

import dev.quorate.agents.ResourceAgent;
import dev.quorate.vip.Ipv4Address;
import dev.quorate.vip.Link;
import dev.quorate.vip.MacAddress;
import dev.quorate.vip.VipConfig;
import dev.quorate.vip.VipConfigReader;
import dev.quorate.vip.VirtualIp;
import dev.quorate.vip.core.ArpPacket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// What [VirtualIpNamespaceTest] runs inside a namespace that holds both ends of a cable: the
/// address lives on `qa`; on `qb` somebody listens, who may also claim the address. Every line that
/// it prints is a fact that the test expects.
public final class NamespaceScenario {
  private static final MacAddress STRANGER = new MacAddress(0x02_00_00_00_00_99L);

  private NamespaceScenario() {}

  /// Runs it.
  public static void main(String[] arguments) throws Exception {
    long found =
        ServiceLoader.load(ResourceAgent.class).stream()
            .filter(provider -> provider.type().equals(VirtualIpAgent.class))
            .count();
    System.out.println("agents " + found);
    var config = config(Map.of("ip", "10.9.9.100", "iflabel", "vip", "arp_count", "1"));
    try (var address = new VirtualIpAddress(config)) {
      System.out.println("before: " + name(address.monitor()));
      var heard = listen("10.9.9.100");
      System.out.println("add: " + name(address.add()));
      System.out.println("heard: " + heard.get(5, TimeUnit.SECONDS));
      System.out.println("add again: " + name(address.add()));
      System.out.println("monitor: " + name(address.monitor()));
      System.out.println("valid: " + (validSeconds() > 55 && validSeconds() <= 60));
      shorten();
      System.out.println("shortened: " + (validSeconds() <= 20));
      System.out.println("renew: " + name(address.renew()));
      System.out.println("renewed: " + (validSeconds() > 55));
      System.out.println(
          "other prefix: "
              + new VirtualIpAddress(config(Map.of("ip", "10.9.9.100", "cidr_netmask", "25")))
                  .add());
      try (var through = new Conversation("10.9.9.100");
          var beside = new Conversation("10.9.9.1")) {
        System.out.println("remove: " + name(address.remove()));
        System.out.println("who was connected to it " + through.heard());
        System.out.println("who was not " + beside.heard());
      }
      System.out.println("remove again: " + name(address.remove()));
      System.out.println("renew absent: " + name(address.renew()));
      System.out.println("after: " + name(address.monitor()));
      var claim = claim();
      System.out.println("claimed: " + address.add());
      long start = System.nanoTime();
      System.out.println(
          "free: "
              + name(new VirtualIpAddress(config(Map.of("ip", "10.9.9.101"))).add())
              + " in time "
              + (System.nanoTime() - start < 400_000_000L));
      lookAhead(address);
      System.out.println("claimed before: " + name(address.add()));
      claim.met.drainPermits();
      lookAhead(address);
      claim.met.acquire();
      claim.ended = true;
      System.out.println("given up since: " + name(address.add()));
      var early = new VirtualIpAddress(config(Map.of("ip", "10.9.9.103", "arp_count", "1")));
      var packets = listen("10.9.9.103");
      lookAhead(early);
      System.out.println("looked before: " + name(early.add()));
      System.out.println("heard: " + packets.get(5, TimeUnit.SECONDS));
      System.out.println(
          "no network: " + new VirtualIpAddress(config(Map.of("ip", "10.8.0.1"))).add());
      measure();
    }
  }

  /// A client and a server that have nothing to say to each other.
  private static final class Conversation implements AutoCloseable {
    private final ServerSocket listener;
    private final Socket client;
    private final Socket server;

    Conversation(String ip) throws IOException {
      var address = InetAddress.getByName(ip);
      listener = new ServerSocket(0, 1, address);
      client = new Socket(address, listener.getLocalPort());
      server = listener.accept();
      client.setSoTimeout(200);
    }

    /// What the client hears of the connection.
    String heard() throws IOException {
      try {
        return "heard " + client.getInputStream().read();
      } catch (SocketTimeoutException e) {
        return "heard nothing";
      } catch (SocketException e) {
        return "heard of its end";
      }
    }

    @Override
    public void close() throws IOException {
      client.close();
      server.close();
      listener.close();
    }
  }

  private static void lookAhead(VirtualIpAddress address) {
    address.lookAhead();
    while (!address.looksAhead()) {
      Thread.onSpinWait();
    }
  }

  private static VipConfig config(Map<String, String> parameters) {
    return switch (VipConfigReader.read(new TreeMap<>(parameters))) {
      case VipConfigReader.Read.Valid(var config) -> config;
      case VipConfigReader.Read.Invalid(var problems) ->
          throw new IllegalArgumentException(problems.toString());
    };
  }

  private static String name(VirtualIpAddress.Outcome outcome) {
    return outcome instanceof VirtualIpAddress.Outcome.Failed
        ? outcome.toString()
        : outcome.getClass().getSimpleName();
  }

  private static Link link(String name) {
    try (var netlink = new RouteNetlink()) {
      return netlink.links().stream()
          .filter(each -> each.name().equals(name))
          .findFirst()
          .orElseThrow();
    }
  }

  private static long validSeconds() {
    try (var netlink = new RouteNetlink()) {
      return netlink.addresses().stream()
          .filter(each -> each.label().equals("qa:vip"))
          .findFirst()
          .orElseThrow()
          .validSeconds();
    }
  }

  private static void shorten() {
    try (var netlink = new RouteNetlink()) {
      var ip = Ipv4Address.parse("10.9.9.100");
      netlink.put(new VirtualIp(ip, 24, ip.broadcast(24), "qa:vip", link("qa")), 20, true, false);
    }
  }

  /// The first four packets about an address that arrive at the other end.
  private static CompletableFuture<String> listen(String ip) {
    var socket = new PacketSocket(link("qb"));
    var own = link("qa").mac();
    return CompletableFuture.supplyAsync(() -> {
      try (socket) {
        var text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
          var packet = nextAbout(ip, socket);
          text.append(packet.request() ? "request " : "reply ")
              .append(packet.senderIp())
              .append(packet.senderMac().equals(own) ? " own; " : " other; ");
        }
        return text.toString();
      }
    });
  }

  private static ArpPacket nextAbout(String ip, PacketSocket socket) {
    ArpPacket packet;
    do {
      packet = socket.receive(5000).orElseThrow();
    } while (!packet.targetIp().toString().equals(ip));
    return packet;
  }

  private static final class Claim {
    private final Semaphore met = new Semaphore(0);
    private volatile boolean ended;
  }

  /// From now on a stranger at the other end says that the address is his, until he is told to end.
  private static Claim claim() {
    var claim = new Claim();
    var socket = new PacketSocket(link("qb"));
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          while (true) {
            socket
                .receive(1000)
                .filter(_ -> !claim.ended)
                .filter(packet -> packet.targetIp().toString().equals("10.9.9.100"))
                .filter(packet -> packet.request() && packet.senderIp().bits() == 0)
                .ifPresent(packet -> {
                  claim.met.release();
                  socket.send(
                      new ArpPacket(
                          false, STRANGER, packet.targetIp(), packet.senderMac(), Ipv4Address.ANY));
                });
          }
        });
    return claim;
  }

  private static void measure() {
    var config = config(Map.of("ip", "10.9.9.102", "run_arping", "false", "arp_count", "0"));
    var address = new VirtualIpAddress(config);
    var micros = new long[200];
    for (int i = 0; i < micros.length; i++) {
      long start = System.nanoTime();
      address.add();
      micros[i] = (System.nanoTime() - start) / 1000;
      address.remove();
    }
    Arrays.sort(micros);
    System.out.println("# add, median of 200: " + micros[100] + " us, p99 " + micros[197] + " us");
  }
}
