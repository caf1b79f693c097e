package dev.quorate.agents.core.postgresql;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a timeline came to be: which lines it left, and where.
///
/// Invariants: the switches are in the order of the file, oldest first; their positions never
/// decrease; the timeline itself is not among them.
///
/// @param timeline the line that this is the history of
/// @param switches the points at which a line was left for its child
public record TimelineHistory(Timeline timeline, List<Switch> switches) {
  /// The end of one line.
  ///
  /// @param from the line that was left
  /// @param at the first position that no longer belongs to it
  public record Switch(Timeline from, Lsn at) {}

  /// A piece of one line.
  ///
  /// @param from its first position
  /// @param to the first position after it
  public record Stretch(Timeline line, Lsn from, Lsn to) {
    /// How many bytes of WAL it has.
    public long bytes() {
      return to.value() - from.value();
    }
  }

  /// Copies the list and checks the order.
  public TimelineHistory {
    switches = List.copyOf(switches);
    Lsn last = Lsn.NONE;
    for (Switch point : switches) {
      if (point.from().equals(timeline) || last.compareTo(point.at()) > 0) {
        throw new IllegalArgumentException(
            "the history of timeline " + timeline + " is not in order");
      }
      last = point.at();
    }
  }

  /// The history of a line that descends from nothing.
  ///
  /// @param timeline usually the first
  /// @return an empty history
  public static TimelineHistory root(Timeline timeline) {
    return new TimelineHistory(timeline, List.of());
  }

  /// Reads the text of a history file.
  ///
  /// @param timeline the line that the file is named after
  /// @param text lines of parent, position and reason
  /// @return the history
  /// @throws IllegalArgumentException if a line has another form
  public static TimelineHistory parse(Timeline timeline, String text) {
    List<Switch> switches = new ArrayList<>();
    for (String raw : text.lines().toList()) {
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      List<String> fields = List.of(line.split("\\s+", 3));
      if (fields.size() < 2) {
        throw new IllegalArgumentException("'" + line + "' is not a line of a timeline history");
      }
      try {
        Timeline parent = new Timeline(Integer.parseInt(fields.get(0)));
        switches.add(new Switch(parent, Lsn.parse(fields.get(1))));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("'" + line + "' is not a line of a timeline history", e);
      }
    }
    return new TimelineHistory(timeline, switches);
  }

  /// Writes the text that [#parse] reads.
  ///
  /// @return one line for each switch
  public String format() {
    StringBuilder text = new StringBuilder();
    for (Switch point : switches) {
      text.append(point.from()).append('\t').append(point.at()).append('\n');
    }
    return text.toString();
  }

  /// Says where a line of this history ended.
  ///
  /// @param line a line
  /// @return the position at which it was left; empty if it is the current line or none of this
  ///   history
  public Optional<Lsn> endOf(Timeline line) {
    return switches.stream().filter(s -> s.from().equals(line)).map(Switch::at).findFirst();
  }

  /// The pieces of lines between two positions, oldest first.
  ///
  /// @param from the first position
  /// @param to the first position after them
  public List<Stretch> between(Lsn from, Lsn to) {
    List<Stretch> stretches = new ArrayList<>();
    Lsn start = from;
    for (Switch point : switches) {
      if (point.at().compareTo(start) > 0 && to.compareTo(start) > 0) {
        Lsn end = point.at().compareTo(to) < 0 ? point.at() : to;
        stretches.add(new Stretch(point.from(), start, end));
        start = end;
      }
    }
    if (to.compareTo(start) > 0) {
      stretches.add(new Stretch(timeline, start, to));
    }
    return stretches;
  }

  /// Says whether WAL written up to a point of another history is a prefix of this one.
  ///
  /// Lines are equal only if they were left at the same points, so two lines that took the same
  /// number after different ancestors do not count as one.
  ///
  /// @param other the other history
  /// @param end the end of the WAL that was written on it
  /// @return true if nothing was written there that this history does not have as well; on its own
  ///   current line everything counts
  public boolean contains(TimelineHistory other, Lsn end) {
    int shared = other.switches.size();
    if (shared > switches.size() || !switches.subList(0, shared).equals(other.switches)) {
      return false;
    }
    if (shared == switches.size()) {
      return timeline.equals(other.timeline);
    }
    Switch next = switches.get(shared);
    return next.from().equals(other.timeline) && next.at().reaches(end);
  }

  /// The last point that two histories share.
  ///
  /// @param other the other history
  /// @return the position at which one of them left the common line; empty if they share their
  ///   whole lines, or nothing at all
  public Optional<Lsn> forkFrom(TimelineHistory other) {
    int shared = 0;
    while (shared < switches.size()
        && shared < other.switches.size()
        && switches.get(shared).equals(other.switches.get(shared))) {
      shared++;
    }
    Timeline mine = shared < switches.size() ? switches.get(shared).from() : timeline;
    Timeline theirs =
        shared < other.switches.size() ? other.switches.get(shared).from() : other.timeline;
    boolean mineEnds = shared < switches.size();
    boolean theirsEnds = shared < other.switches.size();
    if (!mine.equals(theirs)) {
      return shared == 0 ? Optional.empty() : Optional.of(switches.get(shared - 1).at());
    }
    if (mineEnds && theirsEnds) {
      Lsn a = switches.get(shared).at();
      Lsn b = other.switches.get(shared).at();
      return Optional.of(a.compareTo(b) <= 0 ? a : b);
    }
    if (mineEnds) {
      return Optional.of(switches.get(shared).at());
    }
    return theirsEnds ? Optional.of(other.switches.get(shared).at()) : Optional.empty();
  }
}
