package dev.quorate.daemon.core;

import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.FencingRecord;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.TwoNodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Writes into the log what the arbitration of two voters came to, and says who counts by it.
///
/// Invariants:
/// - A survivor decides nothing before the log says that it is alone: first comes the proof of the
///   other's end, then that it is alone, then everything else by the usual rules.
/// - Two who vote together decide nothing before the log says that nobody is alone any more.
/// - That this daemon can arbitrate is in the log for this run of it only, so that nobody relies on
///   one that cannot.
final class PairDuty {
  private final NodeId self;
  private final Incarnation incarnation;
  private PairStanding standing = PairStanding.MAJORITY;

  /// Whether there is an arbitration within this daemon, be it switched on or not.
  private boolean able;

  private boolean warned;

  /// The boot of the other that the proof is about: the last one that the log knew when it came.
  private String endedBoot = "";

  /// The proof as it is written down, once.
  private Optional<FencingRecord> ended = Optional.empty();

  PairDuty(NodeId self, Incarnation incarnation) {
    this.self = self;
    this.incarnation = incarnation;
  }

  /// The arbitration has come to something else.
  ///
  /// @return whether this node has to follow the other from now on, which went on without it
  boolean stands(PairStanding now, ClusterState state) {
    able = true;
    boolean followed = standing.mode() == PairStanding.Mode.OTHER;
    standing = now;
    endedBoot =
        now.proof()
            .flatMap(p -> state.node(p.peer()))
            .map(s -> s.incarnation().bootId())
            .orElse("");
    ended = now.proof().map(proof -> record(proof, state));
    return !followed && now.mode() == PairStanding.Mode.OTHER;
  }

  /// Whether two voters are arbitrated: then a silent log takes nothing, since whoever is wrong is
  /// fenced before the other begins anything.
  boolean arbitrated() {
    return standing.mode() != PairStanding.Mode.MAJORITY;
  }

  /// Whether a leader may decide.
  boolean decides(ClusterState state) {
    return switch (standing.mode()) {
      case MAJORITY -> true;
      case BOTH -> state.configuration().voters().stream().allMatch(v -> how(state, v).isEmpty());
      case ALONE -> how(state, self).isPresent();
      case NOBODY, OTHER -> false;
    };
  }

  /// Whose presence makes a majority.
  List<NodeId> voters(List<NodeId> configured) {
    return standing.mode() == PairStanding.Mode.ALONE ? List.of(self) : configured;
  }

  /// What is to be written down now.
  List<NodeEffect> follow(ClusterState state, Outbox outbox) {
    List<NodeEffect> effects = new ArrayList<>();
    if (!able && !warned && TwoNodes.wanted(state.configuration())) {
      warned = true;
      effects.add(
          new NodeEffect.Notice(
              NodeEffect.Notice.Level.ERROR,
              "HA-PAIR-005",
              "two-node=true, and this daemon began as one of more nodes, so that it does not"
                  + " arbitrate: restart it with 'systemctl restart quorate'",
              new TreeMap<>()));
    }
    boolean member = state.onlineAs(self, incarnation);
    switch (standing.mode()) {
      case ALONE -> {
        unwritten(state)
            .ifPresent(record ->
                effects.addAll(
                    outbox.propose(
                        "pair fenced",
                        new ClusterCommand.RecordFencing("pair@" + self, record),
                        true)));
        if (member && how(state, self).isEmpty()) {
          effects.addAll(attribute("pair alone", TwoNodes.ALONE, standing.how(), outbox));
        }
      }
      case BOTH -> {
        if (member && how(state, self).isPresent()) {
          effects.addAll(attribute("pair alone", TwoNodes.ALONE, "", outbox));
        }
      }
      case MAJORITY, NOBODY, OTHER -> {}
    }
    if (able
        && member
        && !TwoNodes.arbitrates(state.attributes(), self, state.node(self).orElseThrow())) {
      effects.addAll(
          attribute("pair arbiter", TwoNodes.ARBITER, Long.toString(incarnation.run()), outbox));
    }
    return effects;
  }

  private List<NodeEffect> attribute(String key, String name, String value, Outbox outbox) {
    return outbox.propose(
        key, new ClusterCommand.SetAttribute(self, incarnation, name, value), true);
  }

  private Optional<FencingRecord> unwritten(ClusterState state) {
    return ended.filter(record -> mayRun(state, record.target()));
  }

  private FencingRecord record(PairStanding.Proof proof, ClusterState state) {
    return new FencingRecord(
        proof.peer(),
        endedBoot,
        proof.reboot(),
        true,
        proof.device(),
        proof.level().word(),
        proof.reason(),
        self,
        proof.client(),
        state.wallMillis(),
        state.position());
  }

  private boolean mayRun(ClusterState state, NodeId peer) {
    return state
        .node(peer)
        .filter(s -> s.incarnation().bootId().equals(endedBoot))
        .map(NodeStatus::presence)
        .map(presence ->
            switch (presence) {
              case ONLINE, DAEMON_GONE, LOST -> true;
              case NEVER_SEEN, LEFT, FENCED -> false;
            })
        .orElse(false);
  }

  private static Optional<String> how(ClusterState state, NodeId node) {
    return TwoNodes.how(state.attributes(), node);
  }
}
