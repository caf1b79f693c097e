package dev.quorate.simulation;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What happened of note, the last of it kept for the report of a failure.
final class Trace {
  private static final int KEPT = 300;

  private final Agenda agenda;
  private final @Nullable PrintStream out;
  private final ArrayDeque<Line> last = new ArrayDeque<>();

  private record Line(long nanos, String who, String what) {
    String text() {
      return String.format(Locale.ROOT, "%12.6f %-7s %s", nanos / 1e9, who, what);
    }
  }

  /// @param out where every line goes as well, if anywhere
  Trace(Agenda agenda, @Nullable PrintStream out) {
    this.agenda = agenda;
    this.out = out;
  }

  void note(String who, String what) {
    agenda.mix(what.hashCode());
    Line line = new Line(agenda.nanos(), who, what);
    if (last.size() == KEPT) {
      last.removeFirst();
    }
    last.addLast(line);
    if (out != null) {
      out.println(line.text());
    }
  }

  List<String> last() {
    return last.stream().map(Line::text).toList();
  }
}
