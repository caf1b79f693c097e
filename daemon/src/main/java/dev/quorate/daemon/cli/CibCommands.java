package dev.quorate.daemon.cli;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.Leadership;
import dev.quorate.fencing.SecretParameters;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandEnvelope;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.xml.CibProblem;
import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.cib.xml.CibWriter;
import dev.quorate.resource.core.exchange.CibImport;
import dev.quorate.resource.core.exchange.CibImport.Finding;
import dev.quorate.resource.core.exchange.LiveExport;
import dev.quorate.resource.json.ClusterJson;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// `cib …`: the cluster as a document of Pacemaker's.
final class CibCommands {
  private static final String EXPORT = "[FILE|-] [--secrets]";
  private static final String IMPORT = "FILE|- [--dry-run] [--force]";

  /// For what the log adds to a command.
  private static final int ENTRY_ROOM = 1024;

  private CibCommands() {}

  static List<Command> all() {
    return List.of(export("cib export"), push("cib import"));
  }

  /// The same in the words of `pcs`.
  static List<Command> ofCluster() {
    return List.of(export("cluster cib"), push("cluster cib-push"));
  }

  private static Command export(String words) {
    return Command.of(
            words,
            EXPORT,
            "Writes the cluster as a Pacemaker CIB in XML: configuration and status. Secrets are"
                + " blanked unless `--secrets` is given.",
            CibCommands::export)
        .with(Options.SECRETS);
  }

  private static Command push(String words) {
    return Command.of(
            words,
            IMPORT,
            "Makes the configuration what a Pacemaker CIB says, at once or not at all; what it does"
                + " not name is deleted, but members and witnesses stay. `--dry-run` only says what"
                + " would change, and what would be done then. Exits with 2 if anything in the"
                + " document cannot be imported.",
            CibCommands::push)
        .with(Options.DOCUMENT, Options.DRY_RUN);
  }

  /// What this node has not heard of yet must neither be written nor compared with.
  private static ClusterState known(Invocation in) {
    ClusterState state = in.cluster().state();
    if (state.configuration().nodes().isEmpty()) {
      throw HactlError.failed(
          "this node has not heard yet what the cluster has agreed on",
          "try again in a moment; see 'hactl status'");
    }
    return state;
  }

  private static void export(Invocation in) {
    in.words().end();
    NodeFacts facts = in.cluster().facts();
    Optional<NodeId> coordinator =
        switch (facts.leadership()) {
          case Leadership.Leader _ -> facts.self();
          case Leadership.Follower(_, var leader) -> Optional.of(leader);
          case Leadership.Leaderless _ -> Optional.empty();
        };
    boolean secrets = in.options().own().containsKey(Options.SECRETS);
    Cib cib =
        LiveExport.of(
            known(in),
            facts.quorum(),
            coordinator,
            name -> !secrets && SecretParameters.isSecret(name));
    in.out().line(CibWriter.write(cib).stripTrailing());
  }

  private static void push(Invocation in) {
    String packed = in.options().own().get(Options.DOCUMENT);
    if (packed == null) {
      String file = in.words().take("FILE");
      throw HactlError.usage(
          "'" + file + "' was not read: hactl does that, not the daemon",
          "use the hactl of this version");
    }
    in.words().end();
    byte[] document = PackedDocument.unpack(packed);
    CibReader.Result read = CibReader.read(document);
    if (read.cib().isEmpty()) {
      throw refused(in, read.problems());
    }
    ClusterState state = known(in);
    CibImport.Result result =
        CibImport.of(
            read.cib().get(),
            state,
            new InstalledAgents(
                in.cluster().agents(), in.cluster().fenceAgents(), in.options().force()));
    SortedMap<String, Integer> lines = CibReader.lines(document);
    if (!result.refusals().isEmpty()) {
      throw refused(in, placed(result.refusals(), lines));
    }
    List<CibProblem> notices = new ArrayList<>(read.notices());
    notices.addAll(placed(result.notices(), lines));
    notices.forEach(notice -> in.out().remark("Note: " + notice));
    for (ConfigurationChange change : result.changes()) {
      if (change instanceof ConfigurationChange.SetProperty(var name, var value)) {
        PropertyCommands.requireMeant(in, name, value);
        PropertyCommands.warn(in, name, value);
      }
    }
    boolean dry = in.options().own().containsKey(Options.DRY_RUN);
    ClusterCommand.ChangeConfiguration command =
        new ClusterCommand.ChangeConfiguration(
            state.configuration().version(), in.client(), result.changes());
    requireRoom(command);
    List<String> steps = Foreseen.change(state, in.cluster().facts().quorum(), command);
    report(in, state, result.changes(), steps, dry);
    if (!dry && !result.changes().isEmpty()) {
      in.propose(command);
    }
  }

  /// All changes are one entry of the log.
  private static void requireRoom(ClusterCommand command) {
    int bytes = ClusterJson.encode(CommandEnvelope.of(0, command)).length;
    if (bytes > ConsensusConfig.MAX_ENTRY_BYTES - ENTRY_ROOM) {
      throw HactlError.usage(
          "nothing was imported: %d KiB of changes are too many at once, at most %d KiB"
              .formatted(bytes >> 10, (ConsensusConfig.MAX_ENTRY_BYTES - ENTRY_ROOM) >> 10),
          "import a document with fewer of the resources first, then this one");
    }
  }

  private static List<CibProblem> placed(List<Finding> findings, SortedMap<String, Integer> lines) {
    return findings.stream()
        .map(f -> new CibProblem(lines.getOrDefault(f.id(), 0), f.id(), f.message()))
        .sorted(Comparator.comparingInt(CibProblem::line))
        .toList();
  }

  private static HactlError refused(Invocation in, List<CibProblem> problems) {
    if (!in.options().json()) {
      problems.forEach(problem -> in.out().remark(problem.toString()));
    }
    return new HactlError(
        ExitCode.USAGE,
        "HA-CLI-008",
        "nothing was imported: "
            + (in.options().json()
                ? String.join("; ", problems.stream().map(CibProblem::toString).toList())
                : problems.size() == 1 ? "1 problem" : problems.size() + " problems"),
        "put it right in the document, then import it again");
  }

  private static void report(
      Invocation in,
      ClusterState before,
      List<ConfigurationChange> changes,
      List<String> steps,
      boolean dry) {
    List<String> lines =
        changes.stream().map(c -> ChangeLine.of(c, before.configuration())).toList();
    if (in.options().json()) {
      in.out().line(JsonText.pretty(Map.of("changes", lines, "steps", steps, "dryRun", dry)));
      return;
    }
    if (lines.isEmpty()) {
      in.out().line("The configuration is already as the document says.");
      return;
    }
    in.out().line(dry ? "Would be changed:" : "Changed:");
    lines.forEach(line -> in.out().line("  " + line));
    if (!steps.isEmpty()) {
      in.out().line(dry ? "Would be done then:" : "Is done then:");
      steps.forEach(step -> in.out().line("  " + step));
    }
  }
}
