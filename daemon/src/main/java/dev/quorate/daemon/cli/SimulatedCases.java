package dev.quorate.daemon.cli;

import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import dev.quorate.resource.core.preview.Moment;
import dev.quorate.resource.json.CaseCatalog;
import dev.quorate.resource.json.DecisionJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// Decides for every document of a directory, one after the other in one warm process.
final class SimulatedCases {
  private static final String XML = ".xml";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final SimulateOptions options;
  private final Output out;
  private final Instant present;
  private int decided;
  private int refused;
  private int failed;

  SimulatedCases(SimulateOptions options, Output out, Instant present) {
    this.options = options;
    this.out = out;
    this.present = present;
  }

  ExitCode run() throws IOException {
    CaseCatalog catalog = catalog();
    List<Path> documents = documents(Path.of(options.cases().orElseThrow()));
    Path answers = Path.of(options.out().orElseThrow());
    Files.createDirectories(answers);
    long started = System.nanoTime();
    for (Path document : documents) {
      String file = document.getFileName().toString();
      String name = file.substring(0, file.length() - XML.length());
      Path answer = answers.resolve(name + ".json");
      Files.deleteIfExists(answer);
      attempt(name, document, answer, catalog);
    }
    Duration cpu = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    out.line(
        documents.size()
            + " documents: "
            + decided
            + " decided, "
            + refused
            + " of them refused in part, "
            + failed
            + " failed; "
            + (System.nanoTime() - started) / 1_000_000
            + " ms, process CPU "
            + cpu.toMillis()
            + " ms");
    return failed == 0 ? ExitCode.OK : ExitCode.FAILED;
  }

  private CaseCatalog catalog() throws IOException {
    if (options.catalog().isEmpty()) {
      return CaseCatalog.none();
    }
    String file = options.catalog().get();
    try {
      return CaseCatalog.read(Files.readAllLines(Path.of(file)));
    } catch (IllegalArgumentException e) {
      throw HactlError.usage(file + ": " + e.getMessage(), "each line is a JSON object");
    }
  }

  private static List<Path> documents(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw HactlError.usage("'" + directory + "' is not a directory", "give one with documents");
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> documents =
          files.filter(f -> f.getFileName().toString().endsWith(XML)).sorted().toList();
      if (documents.isEmpty()) {
        throw HactlError.usage("'" + directory + "' has no *.xml", "give one with documents");
      }
      return documents;
    }
  }

  /// What goes wrong with one document must not keep the others from being decided.
  private void attempt(String name, Path document, Path answer, CaseCatalog catalog) {
    FutureTask<Decision> task =
        new FutureTask<>(() -> {
          Decision decision = decide(name, document, catalog);
          Files.writeString(answer, DecisionJson.write(decision).toString());
          return decision;
        });
    Thread worker = new Thread(null, task, "simulate " + name, Simulate.STACK_BYTES);
    worker.setDaemon(true);
    worker.start();
    try {
      Decision decision = task.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      decided++;
      refused += decision.refusals().isEmpty() ? 0 : 1;
    } catch (TimeoutException _) {
      task.cancel(true);
      fail(name, "no decision within " + PATIENCE.toSeconds() + " s");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      fail(name, cause instanceof HactlError wrong ? wrong.message() : trace(cause));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      fail(name, "interrupted");
    }
  }

  private static String trace(Throwable cause) {
    String at =
        Stream.of(cause.getStackTrace())
            .limit(3)
            .map(StackTraceElement::toString)
            .reduce("", (all, next) -> all + " at " + next);
    return cause + at;
  }

  private void fail(String name, String why) {
    failed++;
    out.remark(name + ": " + why);
  }

  private Decision decide(String name, Path document, CaseCatalog catalog) throws IOException {
    CibReader.Result read = CibReader.read(Files.readAllBytes(document));
    if (read.cib().isEmpty()) {
      throw HactlError.usage(
          String.join("\n  ", read.problems().stream().map(Object::toString).toList()), "");
    }
    Cib cib = read.cib().get();
    Instant now = Moment.of(cib, options.at().or(() -> catalog.now(name)), present);
    return PolicyEngine.decide(cib, now);
  }
}
