package dev.quorate.agents.core.postgresql.replication;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresFigures;
import dev.quorate.membership.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A report as a short text: a line for the instance, one for each connection, one for each slot.
/// Words are divided by blanks; `-` is an empty one.
///
/// Only so many lines are written that the text stays within [#MOST]: connections first.
public final class ReportText {
  /// The longest text, in characters, all of them ASCII.
  public static final int MOST = 2_000;

  private static final String FORMAT = "1";
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:/]");

  private ReportText() {}

  /// As text.
  public static String format(InstanceReport report) {
    PostgresFigures figures = report.figures();
    StringBuilder text = new StringBuilder();
    line(
        text,
        FORMAT,
        report.primary() ? "primary" : "standby",
        Integer.toString(figures.timeline()),
        report.end().toString(),
        report.replayed().toString(),
        Long.toString(figures.lastCommitMillis()),
        report.upstream().map(NodeId::name).orElse(""),
        report.streaming() ? "streaming" : "");
    for (PostgresFigures.Link link : figures.links()) {
      line(
          text,
          "to",
          link.application(),
          link.client(),
          link.state(),
          link.sync(),
          Integer.toString(link.priority()),
          link.sent().toString(),
          link.written().toString(),
          link.flushed().toString(),
          link.replayed().toString());
    }
    for (PostgresFigures.SlotUse slot : figures.slots()) {
      line(
          text,
          "slot",
          slot.name(),
          slot.active() ? "active" : slot.lost() ? "lost" : "idle",
          slot.from().toString());
    }
    return text.toString().strip();
  }

  private static void line(StringBuilder text, String... words) {
    StringBuilder line = new StringBuilder();
    for (String word : words) {
      line.append(line.isEmpty() ? "" : " ").append(escape(word));
    }
    if (text.length() + line.length() < MOST) {
      text.append(line).append('\n');
    }
  }

  private static String escape(String word) {
    if (word.isEmpty()) {
      return "-";
    }
    StringBuilder out = new StringBuilder();
    word.chars()
        .forEach(c -> {
          String one = Character.toString(c);
          out.append(PLAIN.matcher(one).matches() ? one : "%%%04x".formatted(c));
        });
    return out.toString();
  }

  private static String unescape(String word) {
    if (word.equals("-")) {
      return "";
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      if (word.charAt(i) == '%') {
        out.append((char) Integer.parseInt(word, i + 1, i + 5, 16));
        i += 4;
      } else {
        out.append(word.charAt(i));
      }
    }
    return out.toString();
  }

  /// From text; empty if it is no report of this form.
  public static Optional<InstanceReport> parse(String text) {
    try {
      List<List<String>> lines =
          text.lines()
              .map(l -> List.of(l.split(" ", -1)).stream().map(ReportText::unescape).toList())
              .toList();
      return lines.isEmpty() || !lines.getFirst().getFirst().equals(FORMAT)
          ? Optional.empty()
          : Optional.of(read(lines));
    } catch (IllegalArgumentException | IndexOutOfBoundsException _) {
      return Optional.empty();
    }
  }

  private static InstanceReport read(List<List<String>> lines) {
    List<PostgresFigures.Link> links = new ArrayList<>();
    List<PostgresFigures.SlotUse> slots = new ArrayList<>();
    for (List<String> words : lines.subList(1, lines.size())) {
      if (words.getFirst().equals("to")) {
        links.add(
            new PostgresFigures.Link(
                words.get(1),
                words.get(2),
                words.get(3),
                words.get(4),
                Integer.parseInt(words.get(5)),
                Lsn.parse(words.get(6)),
                Lsn.parse(words.get(7)),
                Lsn.parse(words.get(8)),
                Lsn.parse(words.get(9))));
      } else if (words.getFirst().equals("slot")) {
        slots.add(
            new PostgresFigures.SlotUse(
                words.get(1),
                words.get(2).equals("active"),
                words.get(2).equals("lost"),
                Lsn.parse(words.get(3))));
      }
    }
    List<String> head = lines.getFirst();
    return new InstanceReport(
        head.get(1).equals("primary"),
        Lsn.parse(head.get(3)),
        Lsn.parse(head.get(4)),
        head.get(6).isEmpty() ? Optional.empty() : Optional.of(new NodeId(head.get(6))),
        head.get(7).equals("streaming"),
        new PostgresFigures(
            Integer.parseInt(head.get(2)), Long.parseLong(head.get(5)), links, slots));
  }
}
