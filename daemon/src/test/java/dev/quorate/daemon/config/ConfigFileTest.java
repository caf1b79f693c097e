package dev.quorate.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ConfigFileTest {
  private static final Path FILE = Path.of("/etc/quorate/quorate.conf");

  private static List<String> problems(String text) {
    return assertThrows(ConfigException.class, () -> ConfigFile.parse(FILE, text))
        .problems()
        .stream()
        .map(ConfigProblem::toString)
        .toList();
  }

  @Test
  void aMissingFileMeansNoClusterAndDefaults() {
    DaemonConfig config = ConfigFile.read(Path.of("/nonexistent/quorate.conf"));
    assertTrue(config.identity().isEmpty());
    assertEquals(new DaemonConfig.Ports(5415, 5416, 5417, 5418), config.ports());
    assertEquals(Duration.ofSeconds(1), config.timing().token());
    assertEquals(Path.of("/run/quorate/quorate.sock"), config.socket());
  }

  @Test
  @Tag("S4-26")
  @Tag("S4-27")
  void timesAreWrittenInManyWaysAndANodeIsLostAfterFiveSecondsIfThatIsAsked() {
    for (String written : List.of("5", "5s", "5000ms")) {
      DaemonConfig config = ConfigFile.parse(FILE, "ring.token-timeout = " + written);
      assertEquals(Duration.ofSeconds(5), config.timing().token(), written);
    }
    assertTrue(
        problems("ring.token-timeout = 5 fish\n").getFirst().contains("'5 fish'"),
        () -> problems("ring.token-timeout = 5 fish\n").toString());
  }

  @Test
  @Tag("S4-30")
  void readsAnIdentity() {
    Identity identity =
        ConfigFile.parse(
                FILE, "# ours\ncluster = demo\nnode=n1\naddress = 10.0.0.1\npeer.n2 = 10.0.0.2\n")
            .identity()
            .orElseThrow();
    assertEquals("demo", identity.cluster());
    assertEquals("10.0.0.2", identity.peers().get(new NodeId("n2")));
    assertEquals(2, identity.everyone().size());
  }

  @Test
  void everyKeyMaps() {
    for (ConfigKey key : ConfigKey.values()) {
      if (!key.standard().isEmpty()) {
        DaemonConfig parsed = ConfigFile.parse(FILE, key.text() + " = " + key.standard());
        assertEquals(ConfigFile.parse(FILE, ""), parsed, key.text());
      }
    }
  }

  @Test
  void reportsEveryProblemWithLineAndRemedy() {
    List<String> problems =
        problems("ring.prot = 1\nraft.port = 99999\n\nnonsense\nring.token-timeout = 5ms\n");
    assertEquals(4, problems.size(), problems.toString());
    assertEquals(
        FILE + ":1: unknown key 'ring.prot': did you mean 'ring.port'?", problems.getFirst());
    assertTrue(problems.get(1).startsWith(FILE + ":4: 'nonsense'"), problems.get(1));
    assertTrue(problems.get(2).startsWith(FILE + ":2: '99999' is not a port"), problems.get(2));
    assertTrue(problems.get(3).contains("300ms to 60s"), problems.get(3));
  }

  @Test
  void aWitnessIsANodeOfTheCluster() {
    String cluster =
        "cluster = demo\nnode = db1\naddress = 10.0.0.1\npeer.db2 = 10.0.0.2\npeer.arbiter = 10.0.0.3\n";
    assertEquals(
        List.of(new NodeId("arbiter")),
        ConfigFile.parse(FILE, cluster + "witness = arbiter").identity().stream()
            .flatMap(i -> i.witnesses().stream())
            .toList());
    assertEquals(
        List.of(
            FILE + ":6: witness 'arbitr' is neither this node nor a peer: did you mean 'arbiter'?",
            FILE
                + ":6: witness 'x!' is neither this node nor a peer: name one of db1, arbiter, db2"),
        problems(cluster + "witness = arbitr, x!"));
    assertEquals(
        List.of(
            FILE + ":1: 'witness' without 'cluster': set 'cluster', or use `hactl cluster join`"),
        problems("witness = db2"));
  }

  @Test
  void crossRulesAreChecked() {
    assertTrue(
        problems("raft.port = 7000\nadmin.port = 7000\n").getFirst().contains("must differ"));
    assertTrue(
        problems("node.grace = 1s\nring.token-timeout = 2s\n").getFirst().contains("node.grace"));
    assertTrue(problems("node = n1\n").getFirst().contains("without 'cluster'"));
    assertTrue(
        problems("cluster = c\nnode = n1\naddress = 10.0.0.1\npeer.n1 = 10.0.0.2\n")
            .getFirst()
            .contains("also a peer"));
    assertTrue(
        problems("cluster = c\nnode = n1\naddress = 10.0.0.1\npeer.n2 = 10.0.0.1\n")
            .getFirst()
            .contains("same address"));
  }

  @Test
  void theRingIsTuned() {
    var config = ConfigFile.parse(FILE, "ring.token-coefficient = 0ms\nring.fragment = 1300\n");
    assertEquals(0, config.ring().tokenPerNode().toMillis());
    assertEquals(1300, config.ring().fragment());
    assertTrue(problems("ring.fragment = 1023\n").getFirst().contains("1024 to 16384"));
    assertTrue(problems("ring.token-coefficient = 2s\n").getFirst().contains("0s to 1s"));
  }

  @Test
  void theRoomThatTheLogNeedsIsBounded() {
    assertEquals(64L << 20, ConfigFile.parse(FILE, "").logFreeBytes());
    assertEquals(0, ConfigFile.parse(FILE, "log.free-space = 0\n").logFreeBytes());
    assertEquals(16L << 20, ConfigFile.parse(FILE, "log.free-space = 16\n").logFreeBytes());
    for (String bad : List.of("15", "65537", "x", "-1", "64M")) {
      assertTrue(
          problems("log.free-space = " + bad + "\n").getFirst().contains("16 to 65536"), bad);
    }
  }

  @Test
  void whatALateSyncIsCanBeSaid() {
    assertEquals(300, ConfigFile.parse(FILE, "").slowSync().toMillis());
    assertEquals(20, ConfigFile.parse(FILE, "log.slow-sync = 20ms\n").slowSync().toMillis());
    for (String bad : List.of("19ms", "11s", "0", "fast")) {
      assertTrue(problems("log.slow-sync = " + bad + "\n").getFirst().contains("20ms to 10s"), bad);
    }
    assertEquals(0, ConfigFile.parse(FILE, "").hangAfter().toMillis(), "off by itself");
    assertEquals(60_000, ConfigFile.parse(FILE, "log.hang-after = 1min\n").hangAfter().toMillis());
    for (String bad : List.of("2s", "11min", "soon")) {
      assertTrue(problems("log.hang-after = " + bad + "\n").getFirst().contains("use 3s to "), bad);
    }
  }

  @Test
  void furtherAddressesAreFurtherLinks() {
    String text = "cluster = c\nnode = n1\naddress = 10.0.0.1, 10.1.0.1\n";
    Identity identity =
        ConfigFile.parse(FILE, text + "peer.n2 = 10.0.0.2 10.1.0.2\n").identity().orElseThrow();
    assertEquals("10.0.0.1", identity.address());
    assertEquals(List.of("10.0.0.2", "10.1.0.2"), identity.links(new NodeId("n2"), "10.0.0.2"));
    assertEquals(
        identity,
        ConfigFile.parse(FILE, ConfigFile.withIdentity("", identity)).identity().orElseThrow());
    assertTrue(problems(text + "peer.n2 = 10.0.0.2\n").getFirst().contains("same number"));
    assertTrue(
        problems(text + "peer.n2 = 10.0.0.2,10.1.0.1\n").getFirst().contains("same address"));
    assertTrue(
        problems(text + "peer.n2 = 10.0.0.2,;\n").getFirst().contains("';' is not an address"));
  }

  @Test
  void duplicateAndEmptyValuesAreRefused() {
    assertTrue(problems("log.level = info\nlog.level = debug\n").getFirst().contains("line 1"));
    assertTrue(problems("log.level =\n").getFirst().contains("no value"));
  }

  @Test
  void takingOnAnIdentityKeepsTheRest() {
    TreeMap<NodeId, String> peers = new TreeMap<>();
    peers.put(new NodeId("n2"), "10.0.0.2");
    Identity identity = new Identity("demo", new NodeId("n1"), "10.0.0.1", peers);
    String text =
        ConfigFile.withIdentity("# mine\nring.port = 6000\ncluster = old\npeer.x = y\n", identity);
    DaemonConfig config = ConfigFile.parse(FILE, text);
    assertEquals(identity, config.identity().orElseThrow());
    assertEquals(6000, config.ports().ring());
    assertTrue(text.startsWith("# mine\n"));
  }
}
