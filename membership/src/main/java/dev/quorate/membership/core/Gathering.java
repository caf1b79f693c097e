package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/// The talk of a node while it gathers: says joins, repeats them, listens, and gives up waiting.
final class Gathering {
  /// What follows from what was said so far.
  enum Verdict {
    /// Not all agree, or another is to send the commit token.
    WAIT,
    /// There is nobody else.
    ALONE,
    /// All agree, and this node is the first of them.
    LEAD
  }

  private final MembershipConfig config;
  private final Member self;
  private final Timers timers;
  private final RingSequences sequences;
  private final List<NodeId> peers;
  private final GatherRound round;
  private boolean waiting;
  private boolean aloneAllowed;

  Gathering(
      MembershipConfig config,
      Member self,
      Timers timers,
      RingSequences sequences,
      List<NodeId> peers,
      List<Member> initial,
      Collection<Member> leavers) {
    this.config = config;
    this.self = self;
    this.timers = timers;
    this.sequences = sequences;
    this.peers = peers;
    this.round = new GatherRound(self, initial);
    leavers.forEach(round::fail);
    failStrangers();
  }

  /// Begins.
  ///
  /// @param awake before which it says nothing, and waits for nobody, since nobody was asked
  void start(Instant now, Instant awake, List<RingEffect> out) {
    if (now.isBefore(awake)) {
      timers.set(TimerId.Kind.JOIN, awake, out);
    } else {
      repeat(now, out);
    }
  }

  void stop(List<RingEffect> out) {
    timers.cancel(TimerId.Kind.JOIN, out);
    timers.cancel(TimerId.Kind.CONSENSUS, out);
  }

  List<Member> candidates() {
    return round.candidates();
  }

  /// Whether a commit token is for the members that this node agreed to, and not an old one.
  boolean accepts(CommitToken token) {
    return sequences.mayPromise(token.ring().sequence())
        && token.hop() < token.entries().size()
        && token.ring().representative().equals(token.members().getFirst().node())
        && token.members().equals(round.candidates());
  }

  private void startWaiting(Instant now, List<RingEffect> out) {
    waiting = true;
    timers.set(TimerId.Kind.CONSENSUS, now.plus(config.consensusTimeout()), out);
  }

  /// Nodes that are no peers of this one cannot be reached by it, whatever others say.
  private void failStrangers() {
    for (var member : round.reachable()) {
      if (!peers.contains(member.node())) {
        round.fail(member);
      }
    }
  }

  void repeat(Instant now, List<RingEffect> out) {
    sayJoin(now, peers, out);
    if (!waiting) {
      startWaiting(now, out);
    }
  }

  private void sayJoin(Instant now, List<NodeId> to, List<RingEffect> out) {
    var join = new JoinMessage(self, round.reachable(), round.failed(), sequences.known());
    if (!to.isEmpty()) {
      out.add(new RingEffect.Send(to, join));
    }
    timers.set(TimerId.Kind.JOIN, now.plus(config.joinInterval()), out);
  }

  /// Hears a join.
  ///
  /// @param answer whether the sender may not know yet what this node believes
  void hear(Instant now, JoinMessage join, boolean answer, List<RingEffect> out) {
    var sender = join.sender().node();
    var firstWord = round.isFirstWordOf(sender);
    var change = round.merge(join);
    failStrangers();
    switch (change) {
      case NEW_MEMBER -> {
        aloneAllowed = false;
        sayJoin(now, peers, out);
        startWaiting(now, out);
      }
      case OPINION -> sayJoin(now, peers, out);
      case NOTHING -> {
        // Only a word that counted: two who gave each other up would answer each other for ever.
        if (answer && firstWord && !round.isFirstWordOf(sender) && !round.isAgreed()) {
          sayJoin(now, List.of(sender), out);
        }
      }
    }
  }

  /// The time to wait for others is over.
  void expire(Instant now, List<RingEffect> out) {
    aloneAllowed = true;
    var given = round.expire();
    if (given.isPresent()) {
      for (var member : given.get().members()) {
        round.fail(member);
        out.add(new RingEffect.Suspected(member, given.get().reason()));
      }
      sayJoin(now, peers, out);
    }
    startWaiting(now, out);
  }

  /// A member has said that it leaves; if nobody else is left, there is nobody to wait for.
  void lose(Instant now, Member leaver, List<RingEffect> out) {
    if (!round.hasFailed(leaver)) {
      round.fail(leaver);
      sayJoin(now, peers, out);
    }
    aloneAllowed = true;
  }

  Verdict verdict() {
    if (round.isAlone()) {
      return aloneAllowed ? Verdict.ALONE : Verdict.WAIT;
    }
    return round.candidates().getFirst().equals(self) && round.isAgreed()
        ? Verdict.LEAD
        : Verdict.WAIT;
  }
}
