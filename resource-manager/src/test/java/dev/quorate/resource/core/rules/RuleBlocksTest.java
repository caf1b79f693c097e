package dev.quorate.resource.core.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.resource.Rule;
import dev.quorate.resource.Rule.Condition;
import dev.quorate.resource.Rule.DateComparison;
import dev.quorate.resource.Rule.DateOperation;
import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.AttributeBlock.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RuleBlocksTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(60);

  private final NextChange next = new NextChange(NOW);

  @Test
  void noBlockNoValue() {
    assertEquals(Map.of(), resolve(List.of()));
  }

  @Test
  void theFirstOfANameWins() {
    assertEquals(Map.of("a", "1", "b", "2"), resolve(List.of(block("x", 0, "a=1", "a=3", "b=2"))));
  }

  @Test
  void higherScoresWinAndEqualOnesKeepTheirOrder() {
    assertEquals(
        Map.of("a", "high", "b", "first", "c", "low"),
        resolve(
            List.of(
                block("low", -5, "a=low", "b=low", "c=low"),
                block("first", 0, "a=first", "b=first"),
                block("second", 0, "b=second"),
                block("high", 1_000_000, "a=high"))));
  }

  @Test
  void aNamedBlockGoesFirstWhateverItsScore() {
    List<AttributeBlock> blocks =
        List.of(
            block("other", 100, "a=other", "b=other"),
            block(AttributeBlocks.BOOTSTRAP_OPTIONS, 0, "a=bootstrap"));
    assertEquals(
        Map.of("a", "bootstrap", "b", "other"),
        AttributeBlocks.resolve(
            blocks, RuleContext.at(NOW), next, AttributeBlocks.BOOTSTRAP_OPTIONS));
    assertEquals(Map.of("a", "other", "b", "other"), resolve(blocks));
  }

  @Test
  void blocksCountWhileTheirRuleHolds() {
    assertEquals(
        Map.of("a", "now", "b", "always"),
        resolve(
            List.of(
                block("always", 0, "a=always", "b=always"),
                during(DateOperation.GT, block("later", 100, "a=later")),
                during(DateOperation.LT, block("now", 50, "a=now")))));
    assertEquals(Optional.of(LATER), next.earliest());
    assertEquals(
        Map.of(), resolve(List.of(during(DateOperation.GT, block("later", 0, "a=later")))));
  }

  @Test
  void aDefaultIsLeftToTheOthers() {
    assertEquals(
        Map.of("a", "x", "c", ""),
        resolve(
            List.of(block("strong", 1, "a=#default", "b=#default"), block("x", 0, "a=x", "c="))));
  }

  @Test
  void layersAreFilledFromTheStrongest() {
    SortedMap<String, String> values = new TreeMap<>(Map.of("a", "own"));
    AttributeBlocks.fill(
        values, List.of(block("d", 0, "a=default", "b=default")), RuleContext.at(NOW), next, null);
    assertEquals(Map.of("a", "own", "b", "default"), values);
  }

  private SortedMap<String, String> resolve(List<AttributeBlock> blocks) {
    return AttributeBlocks.resolve(blocks, RuleContext.at(NOW), next, null);
  }

  private static AttributeBlock block(String id, int score, String... entries) {
    List<Entry> list = new ArrayList<>();
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      list.add(new Entry("", entry.substring(0, equals), entry.substring(equals + 1)));
    }
    return new AttributeBlock(id, false, score, Optional.empty(), list);
  }

  private static AttributeBlock during(DateOperation operation, AttributeBlock block) {
    Condition date =
        new DateComparison(
            "d", operation, Optional.of(LATER), Optional.of(LATER), Map.of(), Map.of());
    Rule rule = new Rule("r", true, Optional.empty(), "", Optional.empty(), List.of(date));
    return new AttributeBlock(block.id(), false, block.score(), Optional.of(rule), block.entries());
  }
}
