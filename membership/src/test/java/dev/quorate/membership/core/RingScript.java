package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/// Effects as lines of a conversation that a reviewer can read.
final class RingScript {
  private RingScript() {}

  static String line(Instant now, NodeId node, RingEffect effect) {
    var millis = Duration.between(Instant.EPOCH, now).toNanos() / 1e6;
    return String.format(java.util.Locale.ROOT, "%9.3f %s %s", millis, node, text(effect));
  }

  private static String text(RingEffect effect) {
    return switch (effect) {
      case RingEffect.Send(var to, var packet, _) -> "-> " + names(to) + " " + text(packet);
      case RingEffect.SetTimer(var timer, _) -> "timer " + timer.kind();
      case RingEffect.CancelTimer(var kind) -> "cancel " + kind;
      case RingEffect.Persist(var sequence) -> "persist " + sequence;
      case RingEffect.Deliver(var ring, var sender, var payload) ->
          "deliver " + ring + " " + sender + " " + payload;
      case RingEffect.InstallView(var view, var left) ->
          "view " + view.id() + " " + names(view.nodes()) + " left " + names(left);
      case RingEffect.Paused(var gap) -> "paused " + gap;
      case RingEffect.Refused(_, var reason) -> "refused " + reason;
      case RingEffect.Suspected(var member, var reason) ->
          "suspect " + member.node() + " " + reason;
      case RingEffect.StateEntered(var state, var reason) -> "state " + state + " (" + reason + ")";
      case RingEffect.Left() -> "gone";
    };
  }

  private static String text(RingPacket packet) {
    return switch (packet) {
      case JoinMessage join ->
          "join "
              + members(join.reachable())
              + " without "
              + members(join.failed())
              + " at "
              + join.sequence();
      case CommitToken token -> "commit " + token.ring() + " hop " + token.hop();
      case Token token ->
          "token "
              + token.ring()
              + " hop "
              + token.hop()
              + " seq "
              + token.sequence()
              + " aru "
              + token.aru()
              + " settled "
              + token.settled()
              + " missing "
              + token.missing();
      case MulticastMessage message ->
          "message "
              + message.ring()
              + " "
              + message.sequence()
              + (message.content() instanceof MulticastMessage.Content.Recovered given
                  ? " recovered " + given.ring() + " " + given.sequence()
                  : "");
      case RingPacket.MergeDetect(_, var ring) -> "merge-detect " + ring;
      case RingPacket.HoldCancel(var ring) -> "hold-cancel " + ring;
      case RingPacket.Leave _ -> "leave";
    };
  }

  private static String members(List<Member> members) {
    return names(members.stream().map(Member::node).toList());
  }

  private static String names(List<NodeId> nodes) {
    return nodes.stream().map(NodeId::name).collect(Collectors.joining(",", "[", "]"));
  }
}
