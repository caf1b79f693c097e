package dev.quorate.lab;

import dev.quorate.agents.core.postgresql.drill.Comparison.Difference;
import dev.quorate.agents.core.postgresql.drill.Entry;
import dev.quorate.agents.core.postgresql.drill.Outcome;
import dev.quorate.agents.core.postgresql.drill.Sent;
import dev.quorate.agents.jdbc.drill.DrillTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// How clients write through an address, and how their count is put into words.
public final class Clients {
  /// How many there are.
  static final int COUNT = 4;

  /// How long each waits after a commit.
  static final Duration PACE = Duration.ofMillis(10);

  /// Through the lab's virtual address.
  static final DrillTarget TARGET = through(Lab.VIP);

  private static final int SHOWN = 5;

  private Clients() {}

  /// Through an address, noticing soon that it has moved.
  public static DrillTarget through(String address) {
    return new DrillTarget(
        address,
        5432,
        "postgres",
        "postgres",
        "disable",
        Duration.ofMillis(200),
        Duration.ofSeconds(1));
  }

  /// How many commits ended like that.
  public static long count(List<Sent> sent, Outcome outcome) {
    return sent.stream().mapToLong(s -> s.count(outcome)).sum();
  }

  /// What is wrong with what is there.
  static List<String> wrong(Difference difference) {
    List<String> wrong = new ArrayList<>();
    if (!difference.lost().isEmpty()) {
      wrong.add(difference.lost().size() + " acknowledged commits were lost");
    }
    if (!difference.revived().isEmpty()) {
      wrong.add(difference.revived().size() + " commits are there that were refused");
    }
    if (!difference.misplaced().isEmpty()) {
      wrong.add(
          "%d commits are out of their order: %s"
              .formatted(
                  difference.misplaced().size(),
                  difference.misplaced().stream().limit(SHOWN).map(Entry::toString).toList()));
    }
    return wrong;
  }
}
