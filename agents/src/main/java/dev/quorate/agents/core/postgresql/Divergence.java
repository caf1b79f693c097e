package dev.quorate.agents.core.postgresql;

import dev.quorate.agents.core.postgresql.TimelineHistory.Stretch;
import dev.quorate.membership.NodeId;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an instance wrote that the present primary never had.
///
/// @param stretches the WAL, oldest first; never empty
/// @param commits how many transactions were committed in it; empty if that is not known
/// @param first the first of them, as `xid time`
/// @param problem why something is not known, or empty text
public record Divergence(
    List<Stretch> stretches, OptionalLong commits, List<String> first, String problem) {
  private static final Pattern COUNT =
      Pattern.compile("(?m)^Transaction/COMMIT(?:_PREPARED)?\\s+(\\d+)\\s");
  private static final Pattern STATISTICS = Pattern.compile("(?m)^Total\\s+\\d+");
  private static final Pattern COMMIT =
      Pattern.compile(
          "(?m)tx:\\s+(\\d+),.*desc: COMMIT(?:_PREPARED)?:? (\\d\\S+ \\S+ \\S+?);?(?: |$)");

  /// Copies the lists.
  public Divergence {
    stretches = List.copyOf(stretches);
    first = List.copyOf(first);
    if (stretches.isEmpty()) {
      throw new IllegalArgumentException("nothing has diverged");
    }
  }

  /// The commits that `pg_waldump --stats=record` counts; empty if it printed no statistics.
  public static OptionalLong count(String statistics) {
    if (!STATISTICS.matcher(statistics).find()) {
      return OptionalLong.empty();
    }
    long commits = 0;
    Matcher count = COUNT.matcher(statistics);
    while (count.find()) {
      commits += Long.parseLong(count.group(1));
    }
    return OptionalLong.of(commits);
  }

  /// The transactions in what `pg_waldump --rmgr=Transaction` prints, as `xid time`.
  public static List<String> transactions(String records) {
    return COMMIT.matcher(records).results().map(m -> m.group(1) + " " + m.group(2)).toList();
  }

  /// The first position that the primary never had.
  public Lsn fork() {
    return stretches.getFirst().from();
  }

  /// The end of what diverged.
  public Lsn end() {
    return stretches.getLast().to();
  }

  /// How many bytes of WAL it is.
  public long bytes() {
    return stretches.stream().mapToLong(Stretch::bytes).sum();
  }

  /// Whether no transaction is lost with it, for certain.
  public boolean isHarmless() {
    return commits.isPresent() && commits.getAsLong() == 0;
  }

  /// One line for logs and messages.
  public String summary() {
    return "%s of %d bytes since %s on timeline %s"
        .formatted(
            commits.isPresent()
                ? commits.getAsLong() + (commits.getAsLong() == 1 ? " commit" : " commits")
                : "an unknown number of commits",
            bytes(),
            fork(),
            stretches.getLast().line());
  }

  /// The whole report.
  ///
  /// @param self whose WAL it is
  public String report(NodeId self) {
    StringBuilder text = new StringBuilder();
    text.append("What %s wrote and the present primary never had\n\n".formatted(self));
    for (Stretch stretch : stretches) {
      text.append(
          "timeline %s, from %s to %s: %d bytes\n"
              .formatted(stretch.line(), stretch.from(), stretch.to(), stretch.bytes()));
    }
    text.append(
        commits.isPresent()
            ? "committed transactions: " + commits.getAsLong() + "\n"
            : "committed transactions: not known\n");
    first.forEach(t -> text.append("  ").append(t).append('\n'));
    if (commits.isPresent() && commits.getAsLong() > first.size() && !first.isEmpty()) {
      text.append("  … and %d more\n".formatted(commits.getAsLong() - first.size()));
    }
    if (!problem.isEmpty()) {
      text.append("not everything could be found out: ").append(problem).append('\n');
    }
    text.append(
        """

        The segments beside this file hold it. Read them with
          pg_waldump -p . -t TIMELINE -s FROM -e TO
        of the server's version. Nothing of the cluster needs them: delete this directory when you
        do not either.
        """);
    return text.toString();
  }
}
