package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogMember;
import dev.quorate.consensus.LogMembers;
import dev.quorate.consensus.MemberChangeOutcome;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.http.HttpRequest;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.NodeDefinition;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the leader does for a node that needs a new log: it takes the lost one out of the log's
/// configuration, and takes the new one in, first as a listener and then as a voter.
///
/// Every request may be repeated. Each makes at most one step, and none that was made already; the
/// node asks until it is through. A node asks for itself only: its certificate says who it is.
final class LogMembership {
  /// What a node that must not ask, or asks the wrong one, is told.
  static final String ELSEWHERE = "HA-NODE-027";

  private static final Logger log = LoggerFactory.getLogger(LogMembership.class);

  private final Supplier<Optional<Node>> node;
  private final Supplier<DaemonConfig> config;

  LogMembership(Supplier<Optional<Node>> node, Supplier<DaemonConfig> config) {
    this.node = node;
    this.config = config;
  }

  /// How far a node is.
  enum Standing {
    /// It is not a member yet; ask again.
    OUTSIDE,
    /// It is a listener and is to vote; ask again.
    CATCHING_UP,
    /// It is a listener and stays one.
    LISTENS,
    /// It votes.
    VOTES
  }

  /// A question or an answer about a log.
  ///
  /// @param incarnation in a question, that of the asking node's log; in an answer, the one that is
  ///   a member, or 0
  record Message(NodeId node, int incarnation, Standing standing) {
    String text() {
      ObjectNode json = ClusterJson.mapper().createObjectNode();
      json.put("node", node.name());
      json.put("incarnation", incarnation);
      json.put("standing", standing.name());
      return json.toString();
    }

    static Message parse(String text) {
      try {
        JsonNode json = ClusterJson.mapper().readTree(text);
        return new Message(
            new NodeId(json.path("node").asText()),
            json.path("incarnation").asInt(),
            Standing.valueOf(json.path("standing").asText()));
      } catch (IOException | IllegalArgumentException e) {
        throw HactlError.failed(
            "this is not a message about a log (" + e.getMessage() + ")",
            "do both nodes run the same version?");
      }
    }
  }

  /// Takes a lost log out of the configuration, unless the member is of a later incarnation than
  /// the node says that it has lost: then the node learns which.
  String retire(HttpRequest request) {
    Message asked = fromItself(request);
    ReplicatedLog replicated = led();
    Optional<LogMember> member = replicated.members().of(asked.node());
    int known = member.map(LogMember::incarnation).orElse(0);
    if (known == 0 || known > asked.incarnation()) {
      return new Message(asked.node(), known, Standing.OUTSIDE).text();
    }
    change(replicated, replicated.members().without(asked.node()));
    say("lost log taken out", asked);
    return new Message(asked.node(), 0, Standing.OUTSIDE).text();
  }

  /// Takes a new log in, by one step.
  String admit(HttpRequest request) {
    Message asked = fromItself(request);
    ReplicatedLog replicated = led();
    LogMembers members = replicated.members();
    Optional<LogMember> member = members.of(asked.node());
    if (member.isEmpty()) {
      change(
          replicated,
          members.withListener(asked.node(), asked.incarnation(), endpoint(asked.node())));
      say("new log taken in as a listener", asked);
      return answer(asked, Standing.CATCHING_UP);
    }
    if (member.get().incarnation() != asked.incarnation()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-029",
          "the log of %s is known as number %d, and asks as number %d"
              .formatted(asked.node(), member.get().incarnation(), asked.incarnation()),
          "type 'hactl node rebuild' on " + asked.node());
    }
    if (member.get().voter()) {
      return answer(asked, Standing.VOTES);
    }
    if (members.voters().size() >= ConsensusConfig.MAX_VOTERS) {
      return answer(asked, Standing.LISTENS);
    }
    if (!replicated.caughtUp(asked.node())) {
      return answer(asked, Standing.CATCHING_UP);
    }
    change(replicated, members.withVoter(asked.node()));
    say("new log votes", asked);
    return answer(asked, Standing.VOTES);
  }

  private static String answer(Message asked, Standing standing) {
    return new Message(asked.node(), asked.incarnation(), standing).text();
  }

  private static void say(String what, Message asked) {
    log.atInfo()
        .addKeyValue("node", asked.node())
        .addKeyValue("incarnation", asked.incarnation())
        .log(what);
  }

  private static Message fromItself(HttpRequest request) {
    Message asked = Message.parse(request.body());
    if (!request.trusted() || !request.client().equals("CN=" + asked.node())) {
      throw new HactlError(
          ExitCode.PERMISSION,
          "HA-NODE-030",
          request.client() + " may not speak for the log of node " + asked.node(),
          "each node speaks for its own log");
    }
    return asked;
  }

  private ReplicatedLog led() {
    Node here =
        node.get()
            .orElseThrow(
                () -> elsewhere("this node does not take part", "start it: hactl cluster start"));
    if (here.nodeLog().arbitrated()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-NODE-033",
          "of two voters with two-node=true the survivor takes the other in by itself",
          "restart quorated there, or fence it with 'hactl stonith fence': it copies the log anew once"
              + " this node has gone on alone");
    }
    ReplicatedLog replicated = here.replicatedLog();
    return switch (replicated.leadership()) {
      case Leadership.Leader _ -> replicated;
      case Leadership.Follower(_, var leader) -> throw elsewhere(leader + " leads", "ask there");
      case Leadership.Leaderless _ ->
          throw elsewhere(
              "no leader is known: " + here.quorumReason(), "bring up a majority of the nodes");
    };
  }

  private static HactlError elsewhere(String message, String hint) {
    return new HactlError(ExitCode.NO_QUORUM, ELSEWHERE, message, hint);
  }

  private ConsensusConfig.Endpoint endpoint(NodeId asking) {
    NodeDefinition configured =
        node.get().map(n -> n.machine().state().configuration().nodes().get(asking)).orElse(null);
    DaemonConfig now = config.get();
    String address =
        configured != null
            ? configured.address()
            : now.identity().map(i -> i.everyone().get(asking)).orElse(null);
    if (address == null) {
      throw HactlError.failed("node '" + asking + "' is not of this cluster", "join it first");
    }
    return new ConsensusConfig.Endpoint(address, now.ports().raft());
  }

  private static void change(ReplicatedLog replicated, LogMembers target) {
    switch (replicated.changeMembers(target).join()) {
      case MemberChangeOutcome.Done _ -> {}
      case MemberChangeOutcome.Refused(var reason) ->
          throw new HactlError(
              ExitCode.REFUSED,
              "HA-NODE-031",
              "the members of the log cannot be changed now: " + Objects.requireNonNull(reason),
              "see 'hactl quorum status', then try again");
      case MemberChangeOutcome.Unknown(var reason) ->
          throw HactlError.timeout(
              "nobody knows yet whether the log's members were changed: " + reason,
              "try again: what was done is not done twice");
    }
  }
}
