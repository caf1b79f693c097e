package dev.quorate.agents.core.postgresql.drill;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Holds what is there against what was sent.
///
/// The set: everything that was acknowledged is there, nothing is there that was refused or never
/// sent. The order: each entry says which one of its writer was the last when it was written. That
/// one must be there, and none in between that had been acknowledged: else what was visible has
/// vanished, or what was acknowledged was not visible. An entry whose fate its writer never learned
/// may have been written after later ones: a network that was cut delivers when it is whole again.
///
/// Not thread-safe.
public final class Comparison {
  private final List<Sent> writers;
  private final List<Long> from;
  private final boolean ended;
  private final List<BitSet> present = new ArrayList<>();
  private final List<Entry> revived = new ArrayList<>();
  private final List<Entry> misplaced = new ArrayList<>();
  private final List<Entry> late = new ArrayList<>();

  /// A comparison with everything that was sent, after the end.
  ///
  /// @param writers what each writer sent
  public Comparison(List<Sent> writers) {
    this(writers, writers.stream().map(_ -> 0L).toList(), true);
  }

  /// A comparison with what was sent after some numbers, while the writers go on.
  ///
  /// @param writers what each had sent before the first entry was read
  /// @param from by writer, the last number that is left out
  public Comparison(List<Sent> writers, List<Long> from) {
    this(writers, from, false);
  }

  private Comparison(List<Sent> writers, List<Long> from, boolean ended) {
    this.writers = List.copyOf(writers);
    this.from = List.copyOf(from);
    this.ended = ended;
    writers.forEach(_ -> present.add(new BitSet()));
  }

  /// Takes note of an entry. Those of a writer come in the order of their numbers.
  public void found(Entry entry) {
    boolean known = entry.writer() >= 0 && entry.writer() < writers.size() && entry.number() > 0;
    if (!known || (ended && entry.number() > writers.get(entry.writer()).last())) {
      revived.add(entry);
      return;
    }
    Sent sent = writers.get(entry.writer());
    long begin = from.get(entry.writer());
    if (entry.number() > sent.last() || entry.number() <= begin) {
      return; // sent since, or looked at before
    }
    BitSet there = present.get(entry.writer());
    if (sent.outcome(entry.number()) == Outcome.REFUSED) {
      revived.add(entry);
    }
    if (entry.previous() > entry.number() && sent.outcome(entry.number()) == Outcome.UNKNOWN) {
      late.add(entry);
    } else if (!follows(entry, sent, there, begin)) {
      misplaced.add(entry);
    }
    there.set(Math.toIntExact(entry.number()));
  }

  /// What it saw is known only when all is found.
  private boolean sawWhatIsThere(Entry entry) {
    Sent sent = writers.get(entry.writer());
    long previous = entry.previous();
    return previous > sent.last()
        ? !ended
        : present.get(entry.writer()).get(Math.toIntExact(previous))
            || sent.outcome(previous) == Outcome.ACKNOWLEDGED;
  }

  /// What is lost itself is no fault of the order.
  private static boolean follows(Entry entry, Sent sent, BitSet there, long begin) {
    long previous = entry.previous();
    if (previous < 0 || previous >= entry.number()) {
      return false;
    }
    if (previous > begin
        && !there.get(Math.toIntExact(previous))
        && sent.outcome(previous) != Outcome.ACKNOWLEDGED) {
      return false;
    }
    for (long between = Math.max(previous, begin) + 1; between < entry.number(); between++) {
      if (sent.outcome(between) == Outcome.ACKNOWLEDGED && there.get(Math.toIntExact(between))) {
        return false;
      }
    }
    return true;
  }

  /// What came of it, once everything that is there was found.
  public Difference difference() {
    List<Entry> lost = new ArrayList<>();
    for (int w = 0; w < writers.size(); w++) {
      Sent sent = writers.get(w);
      for (long number = from.get(w) + 1; number <= sent.last(); number++) {
        if (sent.outcome(number) == Outcome.ACKNOWLEDGED
            && !present.get(w).get(Math.toIntExact(number))) {
          lost.add(new Entry(w, number, 0));
        }
      }
    }
    List<Entry> wrong = new ArrayList<>(misplaced);
    late.stream().filter(entry -> !sawWhatIsThere(entry)).forEach(wrong::add);
    return new Difference(lost, revived, wrong);
  }

  /// Where the two differ; nowhere, if all is well.
  ///
  /// @param lost acknowledged, and not there
  /// @param revived there, although it was refused or never sent
  /// @param misplaced there, but not where its writer put it
  public record Difference(List<Entry> lost, List<Entry> revived, List<Entry> misplaced) {
    /// Copies the lists.
    public Difference {
      lost = List.copyOf(lost);
      revived = List.copyOf(revived);
      misplaced = List.copyOf(misplaced);
    }

    /// Whether there is no difference.
    public boolean none() {
      return lost.isEmpty() && revived.isEmpty() && misplaced.isEmpty();
    }
  }
}
