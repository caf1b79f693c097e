package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.comparison.FailoverReport;
import dev.quorate.comparison.Fault;
import dev.quorate.comparison.Findings;
import dev.quorate.comparison.Stack;
import dev.quorate.packaging.DebianPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Quorate and the stack of Corosync, Pacemaker and PAF through the same faults, in turns. It is
/// run by `./check compare` alone, and writes a page.
///
/// Whatever must never be ends it if Quorate did it; what the other stack fails at is told, and its
/// cluster is built anew.
@Timeout(value = 1, unit = TimeUnit.DAYS)
class FailoverComparison {
  private static final Path PAGE = Path.of("../docs/reports/failover.md");
  private static final Path DRAFT = Path.of("target/failover.md");

  /// Fewer rounds are a trial of the program, and no page for readers.
  private static final int ENOUGH = 10;

  private final int rounds = Integer.getInteger("compare.rounds", ENOUGH);
  private final Findings findings = new Findings();
  private final Map<String, String> versions = new LinkedHashMap<>();
  private @Nullable PeerContender peer;
  private long before;

  @Test
  void sideBySide() throws IOException {
    NodeImage.assumeEngine();
    try (Rack rack = Rack.of(NodeImage.installed(), "db1", "db2", "db3")) {
      compare(rack);
    }
    publish();
  }

  private void compare(Rack rack) throws IOException {
    try {
      QuorateContender quorate = new QuorateContender(rack);
      Machine machine = rack.machine(1);
      before = Footprint.installed(machine, "") - Footprint.installed(machine, "quorate");
      setUp(quorate);
      versions.put("Quorate's package, MiB", mebibytes(DebianPackage.built()));
      versions.put("Quorate's real-time threads", realTimeThreads(machine));
      Turn.end(quorate, findings);
      for (int round = 1; round <= rounds; round++) {
        quorate(round, quorate);
        peer(round, rack);
      }
      withoutRealTime(quorate);
    } finally {
      if (peer != null) {
        peer.close();
      }
    }
  }

  private void setUp(Contender who) {
    Machine machine = who.cluster().machines().getFirst();
    new Footprint(who, findings).ofSetup(before);
    for (String name : who.packages()) {
      version(machine, name);
    }
    if (who.stack() == Stack.QUORATE) {
      version(machine, "postgresql-15");
      version(machine, "fence-agents");
    }
  }

  private void version(Machine machine, String name) {
    versions.put(
        name, machine.must("dpkg-query", "--show", "--showformat=${Version}", name).strip());
  }

  private static String mebibytes(Path file) throws IOException {
    return Long.toString(Files.size(file) >> 20);
  }

  private static String realTimeThreads(Machine machine) {
    return machine.shell("ps -eLo cls= | grep -c RR || true").strip();
  }

  private void quorate(int round, Contender quorate) {
    try {
      begin(round, quorate);
      for (Fault fault : Fault.values()) {
        assertEquals("", new Turn(round, quorate, findings).suffer(fault), fault.name());
      }
      new Footprint(quorate, findings).ofRestart();
      Turn.end(quorate, findings);
    } catch (RuntimeException | AssertionError e) {
      quorate.cluster().show();
      throw e;
    }
  }

  private void begin(int round, Contender who) {
    Turn.begin(who);
    Footprint footprint = new Footprint(who, findings);
    footprint.ofRound();
    if (round == 1) {
      footprint.whileIdle(rounds < ENOUGH ? Duration.ZERO : Duration.ofMinutes(4));
      footprint.ofActions();
    }
  }

  private void peer(int round, Rack rack) {
    attempt(
        "round %d, its beginning".formatted(round),
        () -> {
          if (peer == null) {
            peer = built(rack);
            Turn.end(peer, findings);
          }
          begin(round, peer);
        });
    for (Fault fault : Fault.values()) {
      attempt(
          "round %d, %s".formatted(round, fault),
          () -> {
            if (peer == null) {
              peer = built(rack);
            }
            String wrong = new Turn(round, peer, findings).suffer(fault);
            if (!wrong.isEmpty()) {
              findings.fail(Stack.PEER, "round %d, %s: %s".formatted(round, fault, wrong));
            }
          });
    }
    attempt(
        "round %d, its end".formatted(round),
        () -> {
          if (peer != null) {
            Turn.end(peer, findings);
          }
        });
  }

  private PeerContender built(Rack rack) {
    try {
      Rack machines = rack.beside(NodeImage.peer(), 111, "peer1", "peer2", "peer3");
      try {
        PeerContender made = new PeerContender(machines);
        if (!versions.containsKey("pacemaker")) {
          setUp(made);
        }
        return made;
      } catch (IOException | RuntimeException | AssertionError e) {
        machines.remove();
        throw e;
      }
    } catch (IOException e) {
      throw new AssertionError("the other stack cannot be set up", e);
    }
  }

  /// What fails here is the other stack's failure, and its cluster is taken away.
  private void attempt(String what, Runnable deed) {
    try {
      deed.run();
    } catch (RuntimeException | AssertionError e) {
      String why = Objects.requireNonNullElse(e.getMessage(), e.toString());
      System.out.println("== " + what + " failed: " + why);
      e.printStackTrace(System.out);
      findings.fail(Stack.PEER, what + ": " + why.lines().findFirst().orElse(""));
      if (peer != null) {
        peer.close();
        peer = null;
      }
    }
  }

  /// As if the kernel knew no real-time threads, which containers may have only by permission.
  private void withoutRealTime(Contender quorate) {
    List<Machine> machines = quorate.cluster().machines();
    machines.forEach(machine -> machine.realTime(false));
    Turn.begin(quorate);
    versions.merge(
        "Quorate's real-time threads",
        realTimeThreads(machines.getFirst()),
        (with, without) -> with + ", and " + without + " where they are not permitted");
    for (int round = 1; round <= rounds; round++) {
      new Turn(round, quorate, findings).crashWithoutRealTime();
    }
  }

  private void publish() throws IOException {
    FailoverReport report =
        new FailoverReport(rounds, Runtime.getRuntime().availableProcessors(), versions);
    Path page =
        Optional.ofNullable(System.getProperty("report"))
            .map(Path::of)
            .orElse(rounds < ENOUGH ? DRAFT : PAGE);
    String text = report.markdown(findings);
    System.out.println("== begin of the report\n" + text + "== end of the report");
    Files.createDirectories(Objects.requireNonNull(page.toAbsolutePath().getParent()));
    Files.writeString(page, text);
    System.out.println("== written: " + page.toAbsolutePath().normalize());
  }
}
