package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.View;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.NoQuorumPolicy;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.TwoNodes;
import dev.quorate.resource.WaitForAll;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// `quorum …`
final class QuorumCommands {
  private static final int LONGEST_REASON = 200;

  private QuorumCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "quorum status",
            "[-o json]",
            "Shows who votes, who leads, how many more may be lost, and what is waited for.",
            QuorumCommands::status),
        Command.of(
                "quorum unblock",
                "--reason TEXT --yes",
                "Ends the wait for all voters (wait-for-all) after a cold start. The nodes that are"
                    + " missing must be off.",
                QuorumCommands::unblock)
            .with(Options.REASON),
        Command.of(
                "quorum adopt",
                "NODE --reason TEXT --yes",
                "Swears that the other of two nodes is off and cannot come back soon, so that this one"
                    + " goes on without it (two-node=true).",
                QuorumCommands::adopt)
            .with(Options.REASON));
  }

  /// A voter as this node sees it.
  ///
  /// @param heard whether the ring has it and the log says that it takes part
  private record Voter(NodeDefinition node, boolean heard, String presence, boolean leads) {}

  /// What is to be shown.
  ///
  /// @param margin how many more voters may be lost; negative without a majority
  private record Standing(List<Voter> voters, int needed, int heard, int margin) {}

  private static Standing standing(ClusterState state, NodeFacts facts) {
    List<Voter> voters = new ArrayList<>();
    for (NodeId id : TwoNodes.voters(state.configuration(), state.attributes())) {
      NodeStatus status = state.nodes().get(id);
      String presence =
          status == null
              ? "never seen"
              : status.presence().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      boolean heard = facts.view().filter(v -> v.contains(id)).isPresent() && state.online(id);
      voters.add(
          new Voter(
              Objects.requireNonNull(state.configuration().nodes().get(id)),
              heard,
              presence,
              facts.leader().filter(id::equals).isPresent()));
    }
    int needed = voters.size() / 2 + 1;
    int heard = (int) voters.stream().filter(Voter::heard).count();
    return new Standing(voters, needed, heard, heard - needed);
  }

  private static void status(Invocation in) {
    in.words().end();
    ClusterState state = in.cluster().state();
    NodeFacts facts = in.cluster().facts();
    Standing standing = standing(state, facts);
    if (in.options().json()) {
      in.out().line(JsonText.pretty(json(in.cluster(), standing)));
      return;
    }
    Output out = in.out();
    out.line("Quorate:      " + (facts.quorum() ? "yes" : "no (" + facts.quorumReason() + ")"));
    out.line(
        "Votes:        %d of %d heard, %d needed"
            .formatted(standing.heard(), standing.voters().size(), standing.needed()));
    out.line("Can lose:     " + canLose(facts, standing));
    out.line("Leader:       " + facts.leader().map(NodeId::name).orElse("none"));
    out.line("Without it:   no-quorum-policy=" + NoQuorumPolicy.of(state.configuration()).word());
    out.line("Wait for all: " + waiting(state, facts.view()));
    in.cluster()
        .pair()
        .map(PairText::lines)
        .orElseGet(() -> PairText.off(state))
        .forEach(out::line);
    in.cluster().slowDisk().ifPresent(why -> out.line("Slow disk:    " + why));
    out.line("");
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("VOTER", "HEARD", "PRESENCE", ""));
    standing.voters().forEach(v -> rows.add(row(v)));
    Columns.of(rows, "").forEach(out::line);
  }

  private static String canLose(NodeFacts facts, Standing standing) {
    if (!facts.quorum() || standing.margin() < 0) {
      return "none: there is no quorum";
    }
    return standing.margin() == 0
        ? "none: the next loss ends the quorum"
        : standing.margin() + " more";
  }

  private static String waiting(ClusterState state, Optional<View> view) {
    if (!WaitForAll.wanted(state.configuration())) {
      return "off";
    }
    if (view.isEmpty()) {
      return "not known: no ring";
    }
    return WaitForAll.waits(state, view.get())
        ? "waiting for " + names(WaitForAll.missing(state, view.get()))
        : "over: " + WaitForAll.established(state, view.get()).orElse("every voter takes part");
  }

  private static String names(List<NodeId> nodes) {
    return String.join(", ", nodes.stream().map(NodeId::name).toList());
  }

  private static List<String> row(Voter voter) {
    List<String> notes = new ArrayList<>();
    if (voter.leads()) {
      notes.add("leader");
    }
    if (voter.node().witness()) {
      notes.add("witness");
    }
    return List.of(
        voter.node().id().name(),
        voter.heard() ? "yes" : "no",
        voter.presence(),
        String.join(", ", notes));
  }

  private static Map<String, Object> json(Cluster cluster, Standing standing) {
    ClusterState state = cluster.state();
    NodeFacts facts = cluster.facts();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.put("quorate", facts.quorum());
    json.put("reason", facts.quorumReason());
    json.put("needed", standing.needed());
    json.put("heard", standing.heard());
    json.put("can_lose", facts.quorum() ? Math.max(0, standing.margin()) : 0);
    json.put("leader", facts.leader().map(NodeId::name).orElse(""));
    json.put("no_quorum_policy", NoQuorumPolicy.of(state.configuration()).word());
    json.put("wait_for_all", WaitForAll.wanted(state.configuration()));
    json.put(
        "waiting_for",
        facts
            .view()
            .filter(v -> WaitForAll.waits(state, v))
            .map(v -> WaitForAll.missing(state, v).stream().map(NodeId::name).toList())
            .orElse(List.of()));
    List<Object> voters = new ArrayList<>();
    for (Voter voter : standing.voters()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", voter.node().id().name());
      one.put("heard", voter.heard());
      one.put("presence", voter.presence().replace(' ', '_'));
      one.put("leader", voter.leads());
      one.put("witness", voter.node().witness());
      voters.add(one);
    }
    json.put("voters", voters);
    json.put("slow_disk", cluster.slowDisk().orElse(""));
    cluster.pair().ifPresent(p -> json.put("two_node", PairText.json(p)));
    return json;
  }

  private static String reason(Invocation in, String command) {
    String reason = in.options().own().getOrDefault(Options.REASON, "").strip();
    if (reason.isEmpty() || reason.length() > LONGEST_REASON) {
      throw HactlError.usage(
          "say why, in 1 to %d characters".formatted(LONGEST_REASON),
          "hactl quorum %s --reason 'it is broken and off' --yes".formatted(command));
    }
    return reason;
  }

  private static void adopt(Invocation in) {
    NodeId absent = in.node(in.words().take("NODE"));
    in.words().end();
    String reason = reason(in, "adopt " + absent);
    if (!in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-QUORUM-008",
          "if %s still runs, two primaries write; and if it went on alone before it was lost, what was committed then is lost for good"
              .formatted(absent),
          "switch it off, make sure, then add --yes");
    }
    long epoch = in.cluster().adopt(absent, in.client(), reason);
    in.out().line("This node goes on without %s, in epoch %d.".formatted(absent, epoch));
    in.out()
        .remark(
            "Switch %1$s on only while this node runs: then it copies what is decided here from now on. Where it comes up within ten minutes of its loss and this node is off, it may fence this node and go on with what it had; after longer it waits for this node, or for an oath. So do not stop this node for ten minutes, unless %1$s stays off."
                .formatted(absent));
  }

  private static void unblock(Invocation in) {
    in.words().end();
    String reason = reason(in, "unblock");
    ClusterState state = in.cluster().state();
    NodeFacts facts = in.cluster().facts();
    if (!facts.quorum() || facts.view().isEmpty()) {
      throw new HactlError(
          ExitCode.NO_QUORUM,
          "HA-QUORUM-003",
          "there is no quorum, and no command can make one: " + facts.quorumReason(),
          "bring up a majority of the voters; see 'hactl quorum status'");
    }
    View view = facts.view().get();
    if (!WaitForAll.waits(state, view)) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-QUORUM-006",
          "nothing is waited for: " + waiting(state, facts.view()),
          "see 'hactl quorum status'");
    }
    String missing = names(WaitForAll.missing(state, view));
    if (!in.options().force()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-QUORUM-007",
          "resources start without " + missing + ", which is fenced if something may run there",
          "make sure that it is off or joins, then add --yes");
    }
    NodeId voucher = facts.self().orElseThrow();
    NodeStatus status = state.nodes().get(voucher);
    if (status == null || !status.online()) {
      throw HactlError.failed("this node does not take part yet", "type it on one that does");
    }
    in.propose(
        new ClusterCommand.SetAttribute(
            voucher,
            status.incarnation(),
            WaitForAll.ESTABLISHED,
            "unblocked without %s by %s: %s".formatted(missing, in.client(), reason)));
    in.out().line("The cluster does not wait for " + missing + " any more.");
  }
}
