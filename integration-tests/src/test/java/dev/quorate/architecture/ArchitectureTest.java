package dev.quorate.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Holds the product to [ArchitectureRules], and the rules to their offenders.
class ArchitectureTest {
  private static final String OFFENDERS = "dev.quorate.architecture.fixture";

  /// Which rule has to catch which class of the fixture tree.
  private static final Map<String, List<String>> MUST_CATCH = mustCatch();

  @TestFactory
  Stream<DynamicTest> theProductKeepsEveryRule() {
    JavaClasses product =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("/test/"))
            .importPackages("dev.quorate");
    assertTrue(product.contain("dev.quorate.membership.NodeId"), "the product was not found");
    return new ArchitectureRules("dev.quorate")
        .all().entrySet().stream()
            .map(rule -> DynamicTest.dynamicTest(rule.getKey(), () -> check(rule, product)));
  }

  private static void check(Map.Entry<String, ArchRule> rule, JavaClasses product) {
    List<String> findings = findings(rule.getValue(), product);
    assertEquals(List.of(), findings, rule.getKey());
  }

  @TestFactory
  Stream<DynamicTest> everyRuleCatchesItsOffenders() {
    JavaClasses offenders = new ClassFileImporter().importPackages(OFFENDERS);
    Map<String, ArchRule> rules = new ArchitectureRules(OFFENDERS).all();
    return MUST_CATCH.entrySet().stream()
        .flatMap(entry ->
            entry.getValue().stream()
                .map(name ->
                    DynamicTest.dynamicTest(
                        entry.getKey() + ": " + name,
                        () -> caught(rules, entry.getKey(), name, offenders))));
  }

  private static void caught(
      Map<String, ArchRule> rules, String rule, String name, JavaClasses offenders) {
    ArchRule judge = rules.get(rule);
    assertTrue(judge != null, () -> "no such rule: " + rule);
    List<String> findings = findings(judge, offenders);
    assertTrue(
        findings.stream().anyMatch(line -> line.contains(name)),
        () -> name + " was not caught; caught was " + findings);
  }

  @Test
  void everyRuleHasAnOffender() {
    assertEquals(
        new ArchitectureRules(OFFENDERS).all().keySet().stream().sorted().toList(),
        MUST_CATCH.keySet().stream().sorted().toList());
  }

  @Test
  void noRuleCatchesTheInnocent() {
    JavaClasses offenders = new ClassFileImporter().importPackages(OFFENDERS);
    List<String> findings =
        new ArchitectureRules(OFFENDERS)
            .all().values().stream()
                .flatMap(rule -> findings(rule, offenders).stream())
                .filter(line -> line.contains("Innocent"))
                .toList();
    assertEquals(List.of(), findings);
  }

  private static List<String> findings(ArchRule rule, JavaClasses classes) {
    return rule.allowEmptyShould(true).evaluate(classes).getFailureReport().getDetails();
  }

  private static Map<String, List<String>> mustCatch() {
    Map<String, List<String>> map = new TreeMap<>();
    map.put(
        "a core depends on values only",
        List.of(
            "UsesThread",
            "UsesProcess",
            "UsesClock",
            "UsesFiles",
            "UsesLogger",
            "UsesHashMap",
            "UsesLock",
            "UsesAdapter",
            "UsesRandomUuid"));
    map.put(
        "a core calls nothing ambient",
        List.of(
            "ReadsInstantNow",
            "ReadsNanoTime",
            "ReadsMillis",
            "ReadsNowByReference",
            "ReadsMathRandom",
            "MakesRandom",
            "MakesGenerator",
            "ReadsLocale"));
    map.put("a core takes no lock", List.of("HasSynchronized", "HasVolatile"));
    map.put(
        "values have a stable order",
        List.of(
            "SaltedSet",
            "SaltedMapCopy",
            "HashedSet",
            "CollectsToSet",
            "CollectsToMap",
            "GroupsByHash",
            "StreamsInParallel",
            "SaltedVocabulary"));
    map.put(
        "vocabulary neither logs nor knows a technology",
        List.of("LoggingVocabulary", "NetworkedVocabulary"));
    map.put(
        "modules look downward only",
        List.of("LooksUp", "FencingSeesAgents", "VipSeesFencing", "LabSeesSimulation"));
    map.put("packages have no cycle", List.of("RoundOne", "RoundTwo"));
    map.put("Netty stays with the transport", List.of("StrayNetty"));
    map.put("Ratis stays behind the log", List.of("StrayRatis"));
    map.put("JDBC stays with the probes", List.of("StrayJdbc", "StrayDriver"));
    map.put("packages are null-marked", List.of("Unmarked"));
    return map;
  }
}
