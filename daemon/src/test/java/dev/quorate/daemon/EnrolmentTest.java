package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.quorate.daemon.cli.AgentCatalog;
import dev.quorate.daemon.cli.CommandTree;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.cli.NodeFacts;
import dev.quorate.daemon.cli.Output;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.http.HttpListener;
import dev.quorate.daemon.secrets.SecretStore;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/// A newcomer types `cluster join` or `cluster setup` and something is not as it should be: one
/// message names the peer, what was tried and the remedy; nothing is left behind, and when it is
/// put right, the next attempt works.
@Tag("slow")
class EnrolmentTest {
  private static final String MEMBER = "127.0.0.1";
  private static final String NEWCOMER = "127.0.0.2";
  private static final String THIRD = "127.0.0.3";
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");

  @TempDir Path temporary = Path.of("");

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private int admin;
  private int raft;
  private int ring;
  private Path home = Path.of("");
  private Lifecycle newcomer = lifecycle(Path.of("/nowhere/quorate.conf"));

  @BeforeEach
  void aNodeOfNoCluster() throws IOException {
    List<Integer> ports = Rehearsal.freePorts(3);
    admin = ports.get(0);
    raft = ports.get(1);
    ring = ports.get(2);
    home = Files.createDirectory(temporary.resolve("newcomer"));
    Files.createDirectory(home.resolve("state"));
    Files.writeString(
        home.resolve("quorate.conf"),
        """
        # as the administrator left it
        admin.port = %d
        raft.port = %d
        ring.port = %d
        metrics.port = 0
        state.directory = %s
        run.directory = %s
        """
            .formatted(admin, raft, ring, home.resolve("state"), home));
    newcomer = lifecycle(home.resolve("quorate.conf"));
  }

  @AfterEach
  void close() throws Exception {
    newcomer.close();
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  @Test
  void aMemberWhoseDaemonIsDown() throws IOException {
    Member member = member("first");
    String token = member.token();
    refused(ExitCode.FAILED, "cluster join " + token, MEMBER + ":" + admin + " refuses", "running");
    member.listen();
    joins(token);
  }

  @Test
  void aMemberThatIsNotThere() throws IOException {
    Member member = member("first");
    String nowhere = "a".repeat(70) + ".invalid";
    String token = member.token().replace(MEMBER, nowhere);
    refused(
        ExitCode.FAILED,
        "cluster join " + token,
        nowhere + ":" + admin + " cannot be reached (no address",
        "the address right");
  }

  @Test
  void aTokenThatIsNotGood() throws IOException {
    Member member = member("first");
    member.listen();
    String token = member.token();
    refused(ExitCode.USAGE, "cluster join abc@" + MEMBER + ":1", "token is damaged", "whole line");
    refused(ExitCode.USAGE, "cluster join abc", "not a token", "cluster setup");
    String old = member.token();
    try (var claim = member.secrets.claim(secretOf(old), Instant.now()).orElseThrow()) {
      claim.spend();
    }
    refused(
        ExitCode.FAILED,
        "cluster join " + old,
        MEMBER + ":" + admin + ": the token is used up",
        "hactl cluster token");
    joins(token);
  }

  @Test
  void aTokenOfAnotherCluster() throws IOException {
    Member member = member("first");
    member.listen();
    refused(
        ExitCode.FAILED,
        "cluster join " + member("second").token(),
        MEMBER + ":" + admin + " is not the node that it should be",
        "hactl cluster token");
    joins(member.token());
  }

  @Test
  void aMemberThatCannotSign() throws IOException {
    Member member = member("first");
    member.listen();
    String token = member.token();
    Files.delete(temporary.resolve("first/ca.key"));
    refused(ExitCode.FAILED, "cluster join " + token, "cannot sign certificates", "first node");
  }

  @Test
  void aPortThatIsTakenHere() throws IOException {
    Member member = member("first");
    member.listen();
    String remedy = "the token is still good";
    String token = member.token();
    try (ServerSocket _ = new ServerSocket(admin, 1, InetAddress.getByName(NEWCOMER))) {
      String port = "TCP port " + admin + " of " + NEWCOMER;
      refused(ExitCode.FAILED, "cluster join " + token, port, remedy);
    }
    try (ServerSocket _ = new ServerSocket(raft, 1, InetAddress.getByName(NEWCOMER))) {
      String port = "TCP port " + raft + " of " + NEWCOMER;
      refused(ExitCode.FAILED, "cluster join " + token, port, remedy);
    }
    try (DatagramSocket _ = new DatagramSocket(ring, InetAddress.getByName(NEWCOMER))) {
      String port = "UDP port " + ring + " of " + NEWCOMER;
      refused(ExitCode.FAILED, "cluster join " + token, port, remedy);
    }
    Files.createDirectory(home.resolve("quorate.conf.new"));
    Files.createFile(home.resolve("quorate.conf.new/in-the-way"));
    refused(ExitCode.FAILED, "cluster join " + token, home + "/quorate.conf.new", remedy);
    Files.delete(home.resolve("quorate.conf.new/in-the-way"));
    joins(token);
  }

  @Test
  void aRefusalLeavesTheTokenGood() throws IOException {
    Member member = member("first");
    member.seat =
        _ -> {
          throw HactlError.failed("not now", "ask again");
        };
    member.listen();
    String token = member.token();
    refused(ExitCode.FAILED, "cluster join " + token, "not now", "ask again");
    member.seat = _ -> Enrolment.LogSeat.FOUNDER;
    joins(token);
  }

  /// Whoever was handed nothing has founded nothing.
  @Test
  void aFoundersSeatIsTakenOnceThereIsACertificate() throws IOException {
    Member member = member("first");
    member.listen();
    String token = member.token();
    Path key = temporary.resolve("first/ca.key");
    String authority = Files.readString(key);
    Files.writeString(key, "spoilt");
    assertNotEquals(ExitCode.OK, type("cluster join " + token));
    assertFalse(member.secrets.founders().taken(N2));
    Files.writeString(key, authority);
    joins(token);
    assertTrue(member.secrets.founders().taken(N2));
  }

  @Test
  void whoCopiesOrGetsANumberTakesNoFoundersSeat() throws IOException {
    Member member = member("first");
    member.seat = _ -> new Enrolment.LogSeat(2, 0, 1);
    member.listen();
    joins(member.token());
    assertFalse(member.secrets.founders().taken(N2));
  }

  @Test
  void oneOfTwoWithTheSameTokenJoins() throws Exception {
    Member member = member("first");
    CountDownLatch both = new CountDownLatch(2);
    member.seat =
        _ -> {
          both.countDown();
          return Enrolment.LogSeat.FOUNDER;
        };
    member.listen();
    var token = dev.quorate.daemon.secrets.JoinToken.parse(member.token());
    List<Enrolment.Admission> admitted = new CopyOnWriteArrayList<>();
    List<HactlError> refused = new CopyOnWriteArrayList<>();
    List<Thread> joining = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      joining.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  admitted.add(Enrolment.ask(token, _ -> {}));
                } catch (HactlError e) {
                  refused.add(e);
                }
              }));
    }
    for (Thread one : joining) {
      one.join();
    }
    assertEquals(1, admitted.size());
    assertEquals(1, refused.size());
    assertTrue(refused.getFirst().message().contains("used up"), refused::toString);
    assertEquals(1, both.getCount(), "nothing was begun for the other");
  }

  @Test
  void aStartThatDoesNotSucceedCanBeRepeated() throws IOException {
    Member member = member("first");
    member.listen();
    joins(member.token());
    newcomer.close();
    newcomer = lifecycle(home.resolve("quorate.conf"));
    try (ServerSocket _ = new ServerSocket(admin, 1, InetAddress.getByName(NEWCOMER))) {
      assertEquals(ExitCode.FAILED, type("cluster start"));
      assertTrue(remarks.getFirst().contains("TCP port " + admin), remarks::toString);
      assertTrue(remarks.getLast().contains("hactl cluster start"), remarks::toString);
    }
    succeeds("cluster start");
  }

  @Test
  void aWrongRingKeyIsNamedInTheLogOfTheOther() throws IOException {
    var heard = new ListAppender<ILoggingEvent>();
    heard.list = new CopyOnWriteArrayList<>();
    var log = (Logger) LoggerFactory.getLogger("dev.quorate.membership.netty");
    heard.start();
    log.addAppender(heard);
    succeeds("cluster setup demo n2=" + NEWCOMER);
    try (DatagramSocket other = new DatagramSocket(0, InetAddress.getByName(THIRD))) {
      byte[] sealed = "sealed with another key".getBytes(StandardCharsets.US_ASCII);
      other.send(new DatagramPacket(sealed, sealed.length, InetAddress.getByName(NEWCOMER), ring));
      long end = System.nanoTime() + 10_000_000_000L;
      while (heard.list.stream().noneMatch(e -> e.getMessage().contains("compare the ring key"))) {
        assertTrue(System.nanoTime() < end, "nothing was said");
        LockSupport.parkNanos(5_000_000);
      }
      String keys = heard.list.getLast().getKeyValuePairs().toString();
      assertTrue(keys.contains(THIRD + ":" + other.getLocalPort()), keys);
    } finally {
      log.detachAppender(heard);
    }
  }

  @Test
  void aConfigurationThatCannotBeWritten() throws IOException {
    Files.createDirectory(home.resolve("quorate.conf.new"));
    Files.createFile(home.resolve("quorate.conf.new/in-the-way"));
    refused(
        ExitCode.FAILED,
        "cluster setup demo n2=" + NEWCOMER,
        home + "/quorate.conf.new",
        "make " + home + "/quorate.conf");
    Files.delete(home.resolve("quorate.conf.new/in-the-way"));
    succeeds("cluster setup demo n2=" + NEWCOMER);
  }

  @Test
  void aPeerOfTheFoundersThatIsNotThere() throws IOException {
    String words = "cluster setup demo n2=" + NEWCOMER + " n3=" + THIRD;
    try (ServerSocket deaf = new ServerSocket(admin, 1, InetAddress.getByName(THIRD))) {
      fill(deaf);
      refused(
          ExitCode.FAILED,
          words,
          "node 'n3' cannot be reached at %s:%d (no connection within 3 s)".formatted(THIRD, admin),
          "--force");
    }
    succeeds(words);
  }

  @Test
  void aFounderCanInsist() {
    String nowhere = "a".repeat(70) + ".invalid";
    refused(
        ExitCode.FAILED,
        "cluster setup demo n2=" + NEWCOMER + " n3=" + nowhere,
        "node 'n3' cannot be reached at " + nowhere,
        "--force");
    refused(
        ExitCode.USAGE,
        "cluster setup demo n2=" + NEWCOMER + " n3=10.0.0.300/24",
        "'10.0.0.300/24' is not an address",
        "n3=10.0.0.1");
    refused(
        ExitCode.USAGE,
        "cluster setup demo n2=" + NEWCOMER + " n3=" + NEWCOMER,
        "node 'n3': address " + NEWCOMER,
        "its own address");
    refused(
        ExitCode.USAGE, "cluster setup demo n3=192.0.2.1", "belongs to this machine", "ip addr");
    succeeds("cluster setup demo n2=" + NEWCOMER + " n3=" + nowhere + " --force");
  }

  private void joins(String token) {
    succeeds("cluster join " + token);
    assertEquals(
        Optional.of(N2),
        ConfigFile.read(home.resolve("quorate.conf")).identity().map(Identity::node));
  }

  private void succeeds(String line) {
    assertEquals(ExitCode.OK, type(line), () -> line + ": " + remarks);
    assertEquals(NodeFacts.Phase.RUNNING, newcomer.phase());
    assertTrue(ConfigFile.read(home.resolve("quorate.conf")).identity().isPresent());
  }

  private void refused(ExitCode exit, String line, String what, String remedy) {
    List<String> before = files();
    assertEquals(exit, type(line), () -> line + ": " + remarks);
    String said = String.join("\n", remarks);
    assertEquals(1, remarks.stream().filter(r -> r.startsWith("Error: ")).count(), said);
    assertTrue(said.contains(what), said);
    assertTrue(said.contains(remedy), said);
    assertEquals(before, files());
    assertEquals(NodeFacts.Phase.UNJOINED, newcomer.phase());
  }

  private ExitCode type(String line) {
    remarks.clear();
    return CommandTree.run(
        List.of(line.split(" ")),
        "root",
        newcomer.operator(),
        new Output() {
          @Override
          public void line(String text) {}

          @Override
          public void remark(String text) {
            remarks.add(text);
          }
        });
  }

  /// Every file of the newcomer with its content; the counters of its lives may go on.
  private List<String> files() {
    try (Stream<Path> tree = Files.walk(home)) {
      List<String> files = new ArrayList<>();
      for (Path file : tree.sorted().toList()) {
        boolean counts =
            file.startsWith(home.resolve("state/ring")) || file.endsWith("run-counter");
        if (!counts) {
          files.add(Files.isDirectory(file) ? file + "/" : file + ": " + Files.readString(file));
        }
      }
      return files;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Lifecycle lifecycle(Path config) {
    return new Lifecycle(ConfigFile.read(config), new AgentCatalog(List.of()), new EventHistory());
  }

  private static String secretOf(String token) {
    return dev.quorate.daemon.secrets.JoinToken.parse(token).secret();
  }

  /// Leaves no room for one more connection: the kernel then drops what asks for one.
  private void fill(ServerSocket deaf) throws IOException {
    while (MemberClient.unreachable(THIRD, deaf.getLocalPort()).isEmpty()) {
      Socket socket = new Socket();
      open.add(socket);
      socket.connect(new InetSocketAddress(THIRD, deaf.getLocalPort()), 500);
    }
  }

  private Member member(String directory) throws IOException {
    SecretStore secrets = new SecretStore(temporary.resolve(directory));
    secrets.found("demo", N1, MEMBER, Instant.now());
    return new Member(secrets);
  }

  /// What the founder of a cluster has and answers.
  private final class Member {
    private final SecretStore secrets;
    private volatile Function<NodeId, Enrolment.LogSeat> seat = _ -> Enrolment.LogSeat.FOUNDER;

    Member(SecretStore secrets) {
      this.secrets = secrets;
    }

    String token() {
      return secrets.newToken(N2.name(), MEMBER, admin, Instant.now()).text();
    }

    void listen() throws IOException {
      TreeMap<NodeId, String> peers = new TreeMap<>();
      peers.put(N2, NEWCOMER);
      Identity identity = new Identity("demo", N1, MEMBER, peers);
      NodeCertificates certificates = new NodeCertificates(secrets);
      CertificateDesk desk =
          new CertificateDesk(secrets, certificates, newcomer::config, _ -> List.of(), _ -> {});
      open.add(
          HttpListener.tcp(
              MEMBER,
              admin,
              Optional.of(certificates.tls()),
              new MemberRoutes(
                  newcomer.operator(),
                  new Enrolment(secrets, () -> identity, desk, node -> seat.apply(node)),
                  newcomer.rekeying(),
                  new LogMembership(Optional::empty, newcomer::config, _ -> {}),
                  desk,
                  newcomer.moving())));
    }
  }
}
