package dev.quorate.resource.cases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.ResourceElement;
import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import dev.quorate.resource.core.preview.Moment;
import dev.quorate.resource.json.CaseCatalog;
import dev.quorate.resource.json.DecisionJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The decisions on recorded documents, held against what was recorded. The cases are not part of
/// this repository: `-Dscheduler.cases=DIR` says where they are, seen from its root.
class SchedulerCasesTest {
  private static final Path CASES =
      root().resolve(System.getProperty("scheduler.cases", "../shared/scheduler-cases"));
  private static final Instant PRESENT = Instant.parse("2026-11-20T12:00:00Z");

  /// What each tier must reach, in percent: state, placement, actions, order, order precision.
  private static final SortedMap<String, List<Double>> FLOORS =
      new TreeMap<>(
          Map.of(
              "core", List.of(99.0, 99.0, 98.0, 97.0, 97.0),
              "later", List.of(0.0, 96.0, 94.0, 92.0, 95.0)));

  private final ObjectMapper mapper = new ObjectMapper();
  private CaseCatalog catalog = CaseCatalog.none();

  @BeforeEach
  void findTheCases() throws IOException {
    boolean there = Files.isRegularFile(CASES.resolve("catalog.jsonl"));
    assumeTrue(there, "no scheduler cases in " + CASES.toAbsolutePath().normalize());
    catalog = CaseCatalog.read(Files.readAllLines(CASES.resolve("catalog.jsonl")));
  }

  private Cib read(String name) throws IOException {
    CibReader.Result read =
        CibReader.read(Files.readAllBytes(CASES.resolve("xml").resolve(name + ".xml")));
    assertEquals(List.of(), read.problems(), name);
    return read.cib().orElseThrow();
  }

  private Decision decide(String name) throws IOException {
    Cib cib = read(name);
    return PolicyEngine.decide(cib, Moment.of(cib, catalog.now(name), PRESENT));
  }

  @Test
  void theDecisionsAreTheRecordedOnes() throws IOException {
    SortedMap<String, List<CaseScore>> tiers = new TreeMap<>();
    List<String> misses = new ArrayList<>();
    for (var row : catalog.cases().entrySet()) {
      Path expected = CASES.resolve("expected").resolve(row.getKey() + ".json");
      if (!FLOORS.containsKey(row.getValue().tier()) || !Files.exists(expected)) {
        continue;
      }
      RecordedPlan recorded = RecordedPlan.of(mapper.readTree(expected.toFile()));
      RecordedPlan plan = RecordedPlan.of(DecisionJson.write(decide(row.getKey())));
      CaseScore score = CaseScore.of(recorded, plan);
      tiers.computeIfAbsent(row.getValue().tier(), _ -> new ArrayList<>()).add(score);
      if (!score.state() || !score.placement() || !score.actions() || !score.order()) {
        misses.add(row.getKey());
      }
    }
    List<String> tooLow = new ArrayList<>();
    tiers.forEach((tier, scores) -> {
      List<Double> reached =
          List.of(
              share(scores, CaseScore::state),
              share(scores, CaseScore::placement),
              share(scores, CaseScore::actions),
              share(scores, CaseScore::order),
              100 * scores.stream().mapToDouble(CaseScore::precision).average().orElse(0));
      System.out.println(line(tier, scores.size(), reached));
      for (int i = 0; i < reached.size(); i++) {
        if (reached.get(i) < FLOORS.getOrDefault(tier, List.of()).get(i)) {
          tooLow.add(line(tier, scores.size(), reached));
        }
      }
    });
    System.out.println("not as recorded: " + misses);
    assertTrue(tiers.keySet().containsAll(FLOORS.keySet()), "both tiers are there");
    assertEquals(List.of(), tooLow, () -> "not as recorded: " + misses);
  }

  private static String line(String tier, int count, List<Double> reached) {
    return String.format(
        Locale.ROOT,
        "%-6s %4d cases  L0 %.1f%%  L1 %.1f%%  L2 %.1f%%  L3 %.1f%%  order precision %.4f",
        tier,
        count,
        reached.get(0),
        reached.get(1),
        reached.get(2),
        reached.get(3),
        reached.get(4) / 100);
  }

  private static double share(List<CaseScore> scores, Predicate<CaseScore> good) {
    return 100.0 * scores.stream().filter(good).count() / scores.size();
  }

  @Test
  void whatIsNotManagedIsReadAndRefused() throws IOException {
    int refused = 0;
    for (var row : catalog.cases().entrySet()) {
      if (!row.getValue().tier().equals("out")) {
        continue;
      }
      Cib cib = read(row.getKey());
      Decision decision = decide(row.getKey());
      boolean unmanaged =
          cib.configuration().resources().stream()
              .anyMatch(r -> r instanceof ResourceElement.Bundle);
      if (unmanaged) {
        assertTrue(!decision.refusals().isEmpty(), row.getKey());
      }
      refused += decision.refusals().isEmpty() ? 0 : 1;
    }
    assertTrue(refused > 0, "some ask for what is not managed");
  }

  private static Path root() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw")) && root.getParent() != null) {
      root = root.getParent();
    }
    return root;
  }
}
