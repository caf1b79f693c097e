package dev.quorate.daemon.cli;

import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.xml.CibProblem;
import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.PolicyEngine;
import dev.quorate.resource.core.preview.FactsText;
import dev.quorate.resource.core.preview.Moment;
import dev.quorate.resource.core.preview.PlanGraph;
import dev.quorate.resource.core.preview.Preview;
import dev.quorate.resource.core.preview.PreviewText;
import dev.quorate.resource.core.preview.SvgDrawing;
import dev.quorate.resource.core.preview.WhatIf;
import dev.quorate.resource.json.DecisionJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// `simulate`: decides for a document as the cluster would, without one.
final class Simulate {
  /// A chain of constraints is followed by recursion, and documents may have long ones.
  static final long STACK_BYTES = 512L << 20;

  private final SimulateOptions options;
  private final InputStream in;
  private final Output out;
  private final Instant present;

  Simulate(SimulateOptions options, InputStream in, Output out, Instant present) {
    this.options = options;
    this.in = in;
    this.out = out;
    this.present = present;
  }

  static List<Command> all() {
    Command.Handler nowhere =
        _ -> {
          throw HactlError.usage(
              "simulate runs in hactl itself, not in the daemon", "use the hactl of this version");
        };
    return List.of(
        Command.of(
                "simulate",
                SimulateOptions.SYNOPSIS,
                "Decides for a document as the cluster would, and shows the plan; needs no daemon."
                    + " Without a document it takes that of the running cluster from its daemon."
                    + " Suppositions: a lost node, a failed resource, quorum, the time. On"
                    + " demand with what the scores of a resource are made of. Exits with 2 if the document is wrong, with 3 if it asks for what is not managed"
                    + " (bundles, guest and remote nodes).",
                nowhere)
            .anywhere(),
        Command.of(
                "simulate --cases DIR",
                SimulateOptions.CASES_SYNOPSIS,
                "Decides for every document of a directory and writes each decision as JSON; the"
                    + " catalog, a JSON object per line, gives the times (`name`, `now`). Exits"
                    + " with 1 if one failed.",
                nowhere)
            .anywhere());
  }

  /// Runs the command on this process's terminal.
  ///
  /// @param in what `-` reads
  static ExitCode fromTerminal(List<String> words, InputStream in) {
    // Not closed: that would close the standard output, too.
    PrintStream lines =
        new PrintStream(
            new java.io.BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);
    try {
      Output out =
          new Output() {
            @Override
            public void line(String text) {
              lines.print(text);
              lines.print('\n');
            }

            @Override
            public void remark(String text) {
              lines.flush();
              System.err.println(text);
            }
          };
      return run(words, in, out, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    } finally {
      lines.flush();
    }
  }

  /// Runs the command.
  ///
  /// @param in what `-` reads
  /// @param present the time, where neither the command nor the document says one
  static ExitCode run(List<String> words, InputStream in, Output out, Instant present) {
    boolean json = words.contains("--json") || words.contains("json");
    AtomicReference<ExitCode> exit = new AtomicReference<>(ExitCode.FAILED);
    Thread worker =
        new Thread(
            null,
            () -> exit.set(reporting(words, in, out, present, json)),
            "simulate",
            STACK_BYTES);
    worker.start();
    try {
      worker.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return exit.get();
  }

  private static ExitCode reporting(
      List<String> words, InputStream in, Output out, Instant present, boolean json) {
    try {
      SimulateOptions options = SimulateOptions.parse(words);
      return options.cases().isPresent()
          ? new SimulatedCases(options, out, present).run()
          : new Simulate(options, in, out, present).run();
    } catch (HactlError e) {
      CommandTree.report(e, json, out);
      return e.exit();
    } catch (IOException e) {
      CommandTree.report(HactlError.failed(reason(e), "check the file"), json, out);
      return ExitCode.FAILED;
    }
  }

  /// What went wrong with a file, with its name.
  static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.NoSuchFileException gone -> gone.getFile() + ": there is no such file";
      case java.nio.file.AccessDeniedException denied -> denied.getFile() + ": access denied";
      default -> String.valueOf(e.getMessage());
    };
  }

  private ExitCode run() throws IOException {
    CibReader.Result read = read(options.document().orElseThrow());
    if (read.cib().isEmpty()) {
      for (CibProblem problem : read.problems()) {
        out.remark(problem.toString());
      }
      return ExitCode.USAGE;
    }
    for (CibProblem notice : read.notices()) {
      out.remark("Warning: " + notice);
    }
    Instant now = Moment.of(read.cib().get(), options.at(), present);
    Cib cib = supposed(read.cib().get(), now);
    Decision decision =
        options.explained().isEmpty()
            ? PolicyEngine.decide(cib, now)
            : PolicyEngine.explain(cib, now);
    for (String resource : options.explained()) {
      if (!FactsText.knows(decision, resource)) {
        throw Invocation.unknown("resource", resource, List.copyOf(decision.after().keySet()));
      }
    }
    decision.warnings().forEach(warning -> out.remark("Warning: " + warning));
    Preview preview = Preview.of(decision);
    boolean drawn = decision.refusals().isEmpty() && draw(preview);
    if (!drawn && options.json()) {
      out.line(DecisionJson.write(preview, now, options.explained()).toPrettyString());
    } else if (!drawn) {
      PreviewText.of(preview, now).forEach(out::line);
      for (String resource : options.explained()) {
        out.line("");
        FactsText.lines(decision, resource).forEach(out::line);
      }
    }
    decision.refusals().forEach(refusal -> out.remark("Refused: " + refusal));
    return decision.refusals().isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
  }

  private CibReader.Result read(String file) throws IOException {
    if (file.equals("-")) {
      return CibReader.read(in);
    }
    try (InputStream stream = Files.newInputStream(Path.of(file))) {
      return CibReader.read(stream);
    }
  }

  /// Writes the drawings that were asked for.
  ///
  /// @return whether one of them was the output
  private boolean draw(Preview preview) throws IOException {
    if (options.graphviz().isEmpty() && options.svg().isEmpty()) {
      return false;
    }
    PlanGraph graph = PlanGraph.of(preview);
    boolean drawn = false;
    if (options.graphviz().isPresent()) {
      drawn |= write(options.graphviz().get(), graph.graphviz());
    }
    if (options.svg().isPresent()) {
      drawn |= write(options.svg().get(), SvgDrawing.of(graph));
    }
    return drawn;
  }

  private boolean write(String file, List<String> lines) throws IOException {
    if (file.equals("-")) {
      lines.forEach(out::line);
      return true;
    }
    Files.writeString(Path.of(file), String.join("\n", lines) + "\n");
    return false;
  }

  private Cib supposed(Cib document, Instant now) {
    Cib cib = document;
    if (options.quorum().isPresent()) {
      cib = WhatIf.quorum(cib, options.quorum().get());
    }
    List<String> nodes = WhatIf.nodes(cib);
    for (String failed : options.failedResources()) {
      cib = failed(cib, failed, nodes, now);
    }
    for (String node : options.failedNodes()) {
      if (!nodes.contains(node)) {
        throw Invocation.unknown("node", node, nodes);
      }
      cib = WhatIf.nodeFails(cib, node);
    }
    return cib;
  }

  private static Cib failed(Cib cib, String what, List<String> nodes, Instant now) {
    int at = what.lastIndexOf('@');
    String resource = at < 0 ? what : what.substring(0, at);
    Optional<String> wanted = at < 0 ? Optional.empty() : Optional.of(what.substring(at + 1));
    if (wanted.isPresent() && !nodes.contains(wanted.get())) {
      throw Invocation.unknown("node", wanted.get(), nodes);
    }
    var places = PolicyEngine.decide(cib, now).before();
    List<Decision.Placed> active =
        places.getOrDefault(resource, List.of()).stream()
            .filter(p -> wanted.isEmpty() || p.node().equals(wanted.get()))
            .toList();
    if (active.isEmpty() && !places.containsKey(resource)) {
      throw Invocation.unknown("running resource", resource, List.copyOf(places.keySet()));
    }
    if (active.isEmpty()) {
      throw HactlError.usage(
          "resource '" + resource + "' does not run on " + wanted.orElseThrow(),
          "it runs on " + nodes(places.getOrDefault(resource, List.of())));
    }
    if (active.size() > 1) {
      throw HactlError.usage(
          "resource '" + resource + "' runs on " + nodes(active),
          "say where it fails, as '--fail-resource "
              + resource
              + "@"
              + active.getFirst().node()
              + "'");
    }
    return WhatIf.resourceFails(
            cib, resource, active.getFirst().node(), active.getFirst().role(), now)
        .orElseThrow(() ->
            HactlError.usage(
                "nothing is on record of '" + resource + "' on " + active.getFirst().node(),
                "name another resource or node"));
  }

  private static String nodes(List<Decision.Placed> places) {
    return String.join(", ", places.stream().map(Decision.Placed::node).toList());
  }
}
