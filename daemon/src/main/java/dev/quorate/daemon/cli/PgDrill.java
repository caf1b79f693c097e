package dev.quorate.daemon.cli;

import dev.quorate.agents.core.postgresql.drill.Comparison.Difference;
import dev.quorate.agents.core.postgresql.drill.Entry;
import dev.quorate.agents.core.postgresql.drill.Outcome;
import dev.quorate.agents.core.postgresql.drill.Sent;
import dev.quorate.agents.core.postgresql.drill.WriteGaps;
import dev.quorate.agents.jdbc.drill.Drill;
import dev.quorate.agents.jdbc.drill.DrillException;
import dev.quorate.daemon.config.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/// `pg drill`: commits through an address while an operator breaks something, and shows whether
/// everything that was acknowledged is there afterwards.
///
/// Runs in `hactl` itself, so that no daemon's end ends it, and on any machine that has one.
final class PgDrill {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// A database that a fault took away may take its time to come back.
  private static final Duration AFTERMATH = Duration.ofMinutes(2);

  private static final Duration REPORT = Duration.ofSeconds(10);
  private static final int SHOWN = 10;
  private static final double MILLION = 1e6;

  private final DrillOptions options;
  private final Output out;

  private PgDrill(DrillOptions options, Output out) {
    this.options = options;
    this.out = out;
  }

  static List<Command> all() {
    return List.of(
        Command.of(
                "pg drill",
                DrillOptions.SYNOPSIS,
                "Has several clients commit through an address, into a schema of its own that is"
                    + " dropped afterwards, while you break what you like; then says whether"
                    + " everything that was acknowledged is there, nothing that was refused, each"
                    + " client's entries in their order, and how long nobody could write. Exits"
                    + " with 1 if something is lost. Needs no daemon; a password comes from"
                    + " PGPASSWORD or ~/.pgpass.",
                _ -> {
                  throw HactlError.usage(
                      "pg drill runs in hactl itself, not in the daemon",
                      "use the hactl of this version");
                })
            .anywhere());
  }

  /// Runs the command.
  ///
  /// @param words what follows `pg drill`
  static ExitCode run(List<String> words, Output out) {
    boolean json = words.contains("--json") || words.contains("json");
    try {
      new PgDrill(DrillOptions.parse(words), out).run();
      return ExitCode.OK;
    } catch (HactlError e) {
      CommandTree.report(e, json, out);
      return e.exit();
    } catch (DrillException e) {
      HactlError error = explained(e);
      CommandTree.report(error, json, out);
      return error.exit();
    }
  }

  private static HactlError explained(DrillException e) {
    String message = String.valueOf(e.getMessage());
    return e.occupied()
        ? new HactlError(
            ExitCode.REFUSED,
            "HA-PG-021",
            message + ": another drill is running, or one was kept or broken off",
            "if none is running, --force drops it")
        : new HactlError(
            ExitCode.FAILED,
            "HA-PG-022",
            message,
            "check the address, and that the role may create a schema there");
  }

  private void run() {
    try (Drill drill = new Drill(options.target(), options.pace())) {
      String promise = drill.prepare(options.anew(), PATIENCE);
      say(
          "%d clients commit through %s for %s; %s"
              .formatted(
                  options.writers(),
                  options.target().host(),
                  Durations.text(options.lasting()),
                  promise));
      long began = System.nanoTime();
      drill.start(options.writers());
      write(drill, began);
      long ended = System.nanoTime();
      drill.finish();
      Difference difference = drill.compare(options.target(), AFTERMATH);
      List<Sent> sent = drill.sent();
      WriteGaps gaps = WriteGaps.between(began, ended, sent);
      if (options.json()) {
        out.line(JsonText.pretty(json(sent, difference, gaps, began)));
      } else {
        print(sent, difference, gaps, began);
      }
      boolean kept = options.keep() || !difference.none();
      if (!kept) {
        drill.drop(AFTERMATH);
      }
      judge(sent, difference);
    }
  }

  private void write(Drill drill, long began) {
    long end = began + options.lasting().toNanos();
    for (long now = began; now < end; now = System.nanoTime()) {
      LockSupport.parkNanos(Math.min(REPORT.toNanos(), end - now));
      long passed = System.nanoTime() - began;
      if (passed >= REPORT.toNanos() && System.nanoTime() < end) {
        say("  +%3d s  %s".formatted(passed / 1_000_000_000L, counts(drill.sent())));
      }
    }
  }

  private void say(String text) {
    if (!options.json()) {
      out.line(text);
    }
  }

  private static String counts(List<Sent> sent) {
    return "%d acknowledged, %d unknown, %d refused"
        .formatted(
            count(sent, Outcome.ACKNOWLEDGED),
            count(sent, Outcome.UNKNOWN),
            count(sent, Outcome.REFUSED));
  }

  private static long count(List<Sent> sent, Outcome outcome) {
    return sent.stream().mapToLong(s -> s.count(outcome)).sum();
  }

  private void print(List<Sent> sent, Difference difference, WriteGaps gaps, long began) {
    out.line(counts(sent));
    out.line(
        "of them lost %d, there against the server's word %d, out of order %d"
            .formatted(
                difference.lost().size(),
                difference.revived().size(),
                difference.misplaced().size()));
    show("lost", difference.lost());
    show("there against the server's word", difference.revived());
    show("out of order", difference.misplaced());
    out.line(
        String.format(
            Locale.ROOT,
            "nobody could write for %.0f ms at most, from +%.1f s on; between two commits half of"
                + " the times were under %.1f ms, and %d at least 200 ms",
            gaps.longest() / MILLION,
            (gaps.longestBegan() - began) / 1e9,
            gaps.median() / MILLION,
            gaps.noticeable()));
  }

  private void show(String what, List<Entry> entries) {
    if (!entries.isEmpty()) {
      out.line(
          "  %s, as writer:number: %s%s"
              .formatted(
                  what,
                  String.join(" ", entries.stream().limit(SHOWN).map(PgDrill::name).toList()),
                  entries.size() > SHOWN ? " …" : ""));
    }
  }

  private static String name(Entry entry) {
    return entry.writer() + ":" + entry.number();
  }

  private static Map<String, Object> json(
      List<Sent> sent, Difference difference, WriteGaps gaps, long began) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    for (Outcome outcome : Outcome.values()) {
      json.put(outcome.name().toLowerCase(Locale.ROOT), count(sent, outcome));
    }
    json.put("lost", difference.lost().stream().map(PgDrill::name).toList());
    json.put("revived", difference.revived().stream().map(PgDrill::name).toList());
    json.put("misplaced", difference.misplaced().stream().map(PgDrill::name).toList());
    json.put("longestGapMillis", gaps.longest() / 1_000_000);
    json.put("longestGapAtMillis", (gaps.longestBegan() - began) / 1_000_000);
    json.put("medianGapMicros", gaps.median() / 1_000);
    json.put("gapsOf200Millis", gaps.noticeable());
    return json;
  }

  private static void judge(List<Sent> sent, Difference difference) {
    if (!difference.none()) {
      throw new HactlError(
          ExitCode.FAILED,
          "HA-PG-023",
          difference.lost().isEmpty()
              ? "what is there is not what was acknowledged"
              : difference.lost().size() + " acknowledged commits are lost",
          "the table quorate_drill.ledger is kept for you to look at; 'hactl pg status' says what"
              + " commits wait for, and 'hactl pg doctor' what weakens that");
    }
    if (count(sent, Outcome.ACKNOWLEDGED) == 0) {
      throw new HactlError(
          ExitCode.FAILED,
          "HA-PG-024",
          "no commit was acknowledged, so nothing was shown",
          "see 'hactl pg status'; a longer 'timeout=' helps where commits are slow");
    }
  }
}
