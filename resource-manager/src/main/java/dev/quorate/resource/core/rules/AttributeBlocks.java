package dev.quorate.resource.core.rules;

import dev.quorate.resource.cib.AttributeBlock;
import dev.quorate.resource.cib.AttributeBlock.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What sets of names and values come to.
///
/// Blocks count from the highest score to the lowest, and of equal scores in the order of the
/// document; the first definition of a name wins; blocks whose rule does not hold do not count. An
/// entry whose value is `#default` defines nothing: the name is left to the blocks after it.
public final class AttributeBlocks {
  /// The block of cluster options that goes before all others, whatever its score.
  public static final String BOOTSTRAP_OPTIONS = "cib-bootstrap-options";

  private static final String NOTHING = "#default";
  private static final Comparator<AttributeBlock> BY_SCORE =
      Comparator.comparingInt(AttributeBlock::score).reversed();

  private AttributeBlocks() {}

  /// The values that hold.
  ///
  /// @param next is told when others may, because of the time
  /// @param firstBlockId the block that goes before all others; null for none
  /// @return naturally ordered, the caller's own
  public static SortedMap<String, String> resolve(
      List<AttributeBlock> blocks,
      RuleContext context,
      NextChange next,
      @Nullable String firstBlockId) {
    SortedMap<String, String> values = new TreeMap<>();
    fill(values, blocks, context, next, firstBlockId);
    return values;
  }

  /// Adds the values that hold for names that have none yet: how layers of precedence (own, the
  /// template's, the parent's, the defaults) are put together, the strongest first.
  ///
  /// @param next is told when others may, because of the time
  /// @param firstBlockId the block that goes before all others; null for none
  public static void fill(
      SortedMap<String, String> values,
      List<AttributeBlock> blocks,
      RuleContext context,
      NextChange next,
      @Nullable String firstBlockId) {
    for (AttributeBlock block : ordered(blocks, firstBlockId)) {
      if (block.rule().isEmpty() || RuleEvaluation.holds(block.rule().get(), context, next)) {
        for (Entry entry : block.entries()) {
          if (!entry.value().equals(NOTHING)) {
            values.putIfAbsent(entry.name(), entry.value());
          }
        }
      }
    }
  }

  private static List<AttributeBlock> ordered(
      List<AttributeBlock> blocks, @Nullable String firstBlockId) {
    if (blocks.size() < 2) {
      return blocks;
    }
    List<AttributeBlock> ordered = new ArrayList<>(blocks);
    if (firstBlockId == null) {
      ordered.sort(BY_SCORE);
    } else {
      ordered.sort(
          Comparator.<AttributeBlock, Boolean>comparing(block -> !block.id().equals(firstBlockId))
              .thenComparing(BY_SCORE));
    }
    return Collections.unmodifiableList(ordered);
  }
}
