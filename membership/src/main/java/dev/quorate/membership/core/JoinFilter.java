package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.View;
import java.util.Optional;

/// Which joins count, judged from the ring that this node is in or about to form.
final class JoinFilter {
  private JoinFilter() {}

  /// Whether something was said before the present view, or by an earlier life of a member.
  static boolean isStale(Optional<View> view, Member sender, long sequence) {
    var member = view.flatMap(v -> v.member(sender.node()));
    return member.isPresent()
        && (member.get().equals(sender)
            ? sequence < view.get().id().sequence()
            : sender.incarnation().run() <= member.get().incarnation().run());
  }

  /// An outsider that gave up one of this ring's members would break the ring if it were followed
  /// now. It forms a ring without us, and calls then.
  static boolean comesFromAgainst(Optional<View> view, JoinMessage join) {
    return view.isPresent()
        && !view.get().contains(join.sender().node())
        && view.get().members().stream().anyMatch(join.failed()::contains);
  }

  /// A join of someone who is in the forming ring means that the ring fails: the sender has given
  /// the attempt up, is in a new life, or has changed its mind before the commit token reached it.
  static boolean concerns(CommitToken forming, JoinMessage join) {
    return forming.members().stream()
        .filter(m -> m.node().equals(join.sender().node()))
        .anyMatch(m ->
            m.equals(join.sender())
                ? join.sequence() >= forming.ring().sequence() || saysMore(forming, join)
                : join.sender().incarnation().run() > m.incarnation().run());
  }

  /// Whether a join says more than what was agreed. What nodes believe only grows, so such a join
  /// is younger than the agreement; its sender will never take the commit token.
  private static boolean saysMore(CommitToken forming, JoinMessage join) {
    var agreed = forming.members();
    return agreed.stream().anyMatch(join.failed()::contains)
        || join.reachable().stream()
            .anyMatch(m -> !agreed.contains(m) && !join.failed().contains(m));
  }
}
