package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.membership.core.MulticastMessage.Content;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A node of a Totem single ring: who is there, agreed by those who are, and messages in one order.
///
/// Picture people at a round table who pass a stick. Who holds it may speak, and every sentence
/// gets the next number. When the stick stays away for too long, everyone calls out whom they can
/// see; when all who are left say the same names, the first of them passes a list round twice, and
/// those who sat together before tell each other what some of them missed. Then the stick goes
/// round again.
///
/// Invariants:
/// - whoever installs a [RingId] installs the same members
/// - messages of a ring are delivered in the order of their numbers, and before the next view
/// - members that go from one view to the next together have delivered the same messages
/// - a ring sequence is persisted before any packet that uses it is sent
/// - at most `sendQueue` messages wait, at most a few windows of messages are kept
///
/// ```
/// STOPPED --started--> GATHER --agreed--> COMMIT --twice round--> RECOVERY --settled--> OPERATIONAL
///                       ^  ^  \------------ alone after the waiting time ------------------^  |
///                       |  '---- token lost, join of a member ----'                           |
///                       '----------- token lost, join, merge, leave, pause -------------------'
/// ```
public final class RingProtocol {
  /// The reason for gathering when the token did not come back.
  public static final String TOKEN_LOST = "token lost";

  private static final int FAREWELLS = 3;

  private final MembershipConfig standard;
  private final Member self;
  private final FlowControl flow;
  private final Timers timers = new Timers();
  private final TokenWatch watch = new TokenWatch(timers);
  private final MergeHoldoff holdoff = new MergeHoldoff();
  private final SendQueue queue;
  private final Outsiders outsiders;
  private final RingSequences sequences;
  private final PauseWatch pauses;
  private final TreeMap<NodeId, Member> leavers = new TreeMap<>();
  private final Assembly assembly = new Assembly();
  private List<NodeId> peers;
  private MembershipConfig config; // the standard for as many nodes as there are
  private RingState state = RingState.STOPPED;

  private @Nullable View view;
  private @Nullable OldRing old;
  private @Nullable Gathering gathering;
  private @Nullable CommitToken forming;

  /// The ring whose token goes round: forming in RECOVERY, installed in OPERATIONAL, absent when
  /// alone.
  private @Nullable TokenRing ring;

  /// Set while operational and not alone.
  private @Nullable TokenHolder holder;

  private @Nullable Farewell farewell;

  /// Makes a node that has not started.
  ///
  /// @param peers the nodes of the cluster; this node may be among them
  /// @param ringSequence the last persisted ring sequence, 0 on a new node
  public RingProtocol(MembershipConfig config, Member self, List<NodeId> peers, long ringSequence) {
    this.standard = config;
    this.self = self;
    this.flow = new FlowControl(config.window(), config.messagesPerVisit());
    this.queue = new SendQueue(config.sendQueue(), config.fragment());
    this.outsiders = new Outsiders(self, config.mergeInterval(), timers);
    this.peers = Outsiders.peersOf(self, peers, config);
    this.config = config.forNodes(this.peers.size() + 1);
    this.pauses = new PauseWatch(timers, config.tokenTimeout().dividedBy(2));
    this.sequences = new RingSequences(ringSequence);
  }

  /// What the node is doing.
  public RingState state() {
    return state;
  }

  /// The view that was installed last; it holds as long as the node is operational.
  public Optional<View> view() {
    return Optional.ofNullable(view);
  }

  /// How many messages wait for the token.
  public int pending() {
    return queue.size();
  }

  /// How many bytes wait for the token.
  public int pendingBytes() {
    return queue.bytes();
  }

  /// Handles one event and says what follows from it.
  public List<RingEffect> handle(Instant now, RingEvent event) {
    var out = new ArrayList<RingEffect>();
    var pause = pauses.notice(now);
    if (isRunning() && pause.isPresent()) {
      out.add(new RingEffect.Paused(pause.get()));
      if (pause.get().compareTo(config.tokenTimeout()) >= 0) {
        pauses.wakeBy(now.plus(config.consensusTimeout()));
        gather(now, company(), "paused", out);
      }
    }
    switch (event) {
      case RingEvent.Started() -> start(now, out);
      case RingEvent.PacketArrived(var from, var packet) -> arrived(now, from, packet, out);
      case RingEvent.PortClosed(var peer) -> {
        if (holder != null && view != null && view.contains(peer)) {
          watch.hasten(now.plus(config.formingTimeout()), out);
        }
      }
      case RingEvent.TimerFired(var timer) -> {
        if (timers.take(timer)) {
          fired(now, timer.kind(), out);
        }
      }
      case RingEvent.MulticastRequested(var payload) -> multicast(now, payload, out);
      case RingEvent.PeersChanged(var nodes) -> changePeers(now, nodes, out);
      case RingEvent.LeaveRequested() -> leave(now, out);
    }
    return out;
  }

  private boolean isRunning() {
    return state != RingState.STOPPED && state != RingState.LEFT;
  }

  private void start(Instant now, List<RingEffect> out) {
    if (state == RingState.STOPPED) {
      gather(now, List.of(self), "started", out);
    }
  }

  private void arrived(Instant now, NodeId from, RingPacket packet, List<RingEffect> out) {
    if (!isRunning() || !peers.contains(from) || now.isBefore(pauses.awake())) {
      return;
    }
    switch (packet) {
      case JoinMessage join -> {
        if (join.sender().node().equals(from)) {
          joined(now, join, out);
        }
      }
      case CommitToken token -> committing(now, token, out);
      case Token token -> token(now, token, out);
      case MulticastMessage message -> message(message, out);
      case RingPacket.MergeDetect(var sender, var foreign) -> {
        if (sender.node().equals(from)) {
          foreignRing(now, sender, foreign, out);
        }
      }
      case RingPacket.HoldCancel(var id) -> {
        if (holder != null && ring != null && ring.id().equals(id)) {
          holder.wantedElsewhere(now, out);
        }
      }
      case RingPacket.Leave(var leaver, var sequence) -> {
        if (leaver.node().equals(from)) {
          sequences.hear(sequence);
          left(now, leaver, out);
        }
      }
    }
  }

  private void fired(Instant now, TimerId.Kind kind, List<RingEffect> out) {
    switch (kind) {
      case JOIN -> {
        if (gathering != null) {
          gathering.repeat(now, out);
        }
      }
      case CONSENSUS -> {
        if (gathering != null) {
          gathering.expire(now, out);
          conclude(now, gathering, out);
        }
      }
      case TOKEN -> {
        if (watch.fired(now, out)) {
          gather(now, company(), TOKEN_LOST, out);
        }
      }
      case HOLD -> {
        if (holder != null) {
          holder.release(now, out);
        }
      }
      case MERGE -> {
        if (view != null) {
          outsiders.call(now, view, peers, out);
        }
      }
      case LEAVE -> {
        if (farewell != null) {
          farewell.say(now, out);
        }
      }
    }
  }

  /// The members that this node has to do with at present.
  private List<Member> company() {
    if (gathering != null) {
      return gathering.candidates();
    }
    if (forming != null) {
      return forming.members();
    }
    return view == null ? List.of(self) : view.members();
  }

  private void enter(RingState next, String reason, List<RingEffect> out) {
    state = next;
    out.add(new RingEffect.StateEntered(next, reason));
  }

  // ---- gather ----

  private void gather(Instant now, List<Member> initial, String reason, List<RingEffect> out) {
    if (state == RingState.OPERATIONAL && view != null) {
      old = new OldRing(view, ring == null ? new ReceiveWindow() : ring.window(), assembly);
    }
    dropRing(out);
    enter(RingState.GATHER, reason, out);
    gathering = new Gathering(config, self, timers, sequences, peers, initial, leavers.values());
    gathering.start(now, pauses.awake(), out);
  }

  private void dropRing(List<RingEffect> out) {
    ring = null;
    forming = null;
    holder = null;
    watch.stop();
    timers.cancelAll(out);
  }

  private void joined(Instant now, JoinMessage join, List<RingEffect> out) {
    var sender = join.sender();
    if (JoinFilter.isStale(view(), sender, join.sequence())) {
      return;
    }
    var answer = state == RingState.GATHER;
    switch (state) {
      case OPERATIONAL -> {
        if (JoinFilter.comesFromAgainst(view(), join)) {
          return;
        }
        gather(now, GatherRound.with(company(), sender), "join of " + sender.node(), out);
      }
      case COMMIT, RECOVERY -> {
        if (forming == null || !JoinFilter.concerns(forming, join)) {
          return;
        }
        gather(now, GatherRound.with(company(), sender), "join of " + sender.node(), out);
      }
      case GATHER -> {}
      case STOPPED, LEFT -> {
        return;
      }
    }
    if (gathering != null) {
      sequences.hear(join.sequence());
      gathering.hear(now, join, answer, out);
      conclude(now, gathering, out);
    }
  }

  /// Forms a ring if everyone agrees.
  private void conclude(Instant now, Gathering current, List<RingEffect> out) {
    switch (current.verdict()) {
      case WAIT -> {}
      case ALONE -> installAlone(now, out);
      case LEAD -> {
        var id = new RingId(sequences.promiseNext(out), self.node());
        commit(now, current, CommitToken.first(id, current.candidates()), out);
      }
    }
  }

  // ---- commit and recovery ----

  private void commit(Instant now, Gathering agreed, CommitToken token, List<RingEffect> out) {
    agreed.stop(out);
    gathering = null;
    var origin = Optional.ofNullable(old).map(OldRing::origin);
    forming = token.passed(self.node(), origin);
    enter(RingState.COMMIT, token.ring().toString(), out);
    passForming(now, forming, out);
  }

  private void passForming(Instant now, CommitToken token, List<RingEffect> out) {
    var to = token.successor(self.node());
    watch.arrived(now, config.formingTimeout(), out);
    watch.pass(now, to, token, config.joinInterval(), out);
  }

  private void committing(Instant now, CommitToken token, List<RingEffect> out) {
    if (gathering != null) {
      if (gathering.accepts(token)) {
        sequences.promise(token.ring().sequence(), out);
        commit(now, gathering, token, out);
      }
      return;
    }
    if (forming == null || !forming.ring().equals(token.ring()) || token.hop() <= forming.hop()) {
      return;
    }
    if (state == RingState.COMMIT && token.complete()) {
      forming = token.passed();
      ring = new TokenRing(token.ring(), self.node(), token.nodes(), flow);
      if (old != null) {
        old.prepare(token);
      }
      enter(RingState.RECOVERY, token.ring().toString(), out);
      passForming(now, forming, out);
    } else if (state == RingState.RECOVERY
        && ring != null
        && ring.isRepresentative()
        && token.hop() == 2L * ring.size()) {
      token(now, Token.first(token.ring()), out);
    }
  }

  private void recover(Instant now, TokenRing current, Token token, List<RingEffect> out) {
    var passed = current.recover(token, Optional.ofNullable(old), out);
    if (passed.settled() >= current.size() && forming != null) {
      install(now, forming, out);
    }
    if (holder != null) {
      holder.pass(now, passed, out);
    } else {
      watch.pass(now, current.successor(), passed, config.joinInterval(), out);
    }
  }

  private void installAlone(Instant now, List<RingEffect> out) {
    var id = new RingId(sequences.promiseNext(out), self.node());
    if (old != null) {
      old.prepareAlone(self.node());
    }
    install(now, CommitToken.first(id, List.of(self)), out);
    queue.sayAll(id, self.node(), out);
  }

  /// Ends the old ring and installs the new view.
  private void install(Instant now, CommitToken agreed, List<RingEffect> out) {
    if (old != null) {
      old.deliverLast(out);
    }
    queue.restart();
    var previous = view;
    var next = new View(agreed.ring(), agreed.members());
    var gone =
        leavers.keySet().stream()
            .filter(node -> previous != null && previous.contains(node) && !next.contains(node))
            .toList();
    view = next;
    old = null;
    if (gathering != null) {
      gathering.stop(out);
      gathering = null;
    }
    forming = null;
    leavers.clear();
    holdoff.installed(now, Optional.ofNullable(previous), next);
    enter(RingState.OPERATIONAL, agreed.ring().toString(), out);
    out.add(new RingEffect.InstallView(next, gone));
    outsiders.watch(now, next, peers, out);
    if (ring != null) {
      holder = new TokenHolder(config, timers, watch, queue, ring, assembly);
      watch.arrived(now, config.tokenTimeout(), out);
      holder.deliver(out);
    }
  }

  // ---- operational ----

  private void token(Instant now, Token token, List<RingEffect> out) {
    var current = ring;
    if (current == null || !current.id().equals(token.ring()) || !current.isNew(token)) {
      return;
    }
    if (holder == null && forming != null && token.settled() >= current.size()) {
      install(now, forming, out);
    }
    if (holder != null) {
      watch.arrived(now, config.tokenTimeout(), out);
      holder.visit(now, token, out);
    } else {
      watch.arrived(now, config.formingTimeout(), out);
      recover(now, current, token, out);
    }
  }

  private void message(MulticastMessage message, List<RingEffect> out) {
    var current = ring;
    if (current != null && current.id().equals(message.ring())) {
      if (!current.receive(message)) {
        return;
      }
      if (!message.sender().equals(self.node()) && current.isBeyondLastToken(message)) {
        watch.confirmed();
      }
      if (holder != null) {
        holder.deliver(out);
      } else if (old != null && message.content() instanceof Content.Recovered given) {
        old.take(given);
        old.deliver(out);
      }
    } else if (state == RingState.GATHER && old != null) {
      old.receiveLate(message, flow);
      old.deliver(out);
    }
  }

  private void multicast(Instant now, Payload payload, List<RingEffect> out) {
    if (!isRunning()) {
      out.add(new RingEffect.Refused(payload, RingEffect.Refusal.NOT_RUNNING));
    } else if (queue.offer(payload, out) && state == RingState.OPERATIONAL) {
      if (holder != null) {
        holder.speak(now, out);
      } else if (view != null) {
        queue.sayAll(view.id(), self.node(), out);
      }
    }
  }

  // ---- those outside, and leaving ----

  private void foreignRing(Instant now, Member sender, RingId foreign, List<RingEffect> out) {
    sequences.hear(foreign.sequence());
    if (state != RingState.OPERATIONAL
        || view == null
        || JoinFilter.isStale(view(), sender, foreign.sequence())) {
      return;
    }
    var member = view.contains(sender.node());
    if (member ? !foreign.equals(view.id()) : holdoff.follow(now, sender.node())) {
      gather(now, GatherRound.with(company(), sender), "ring " + foreign + " seen", out);
    }
  }

  private void left(Instant now, Member leaver, List<RingEffect> out) {
    var concerned = company().contains(leaver);
    if (!concerned && (view == null || !view.members().contains(leaver))) {
      return;
    }
    if (leaver.equals(leavers.put(leaver.node(), leaver)) || !concerned) {
      return;
    }
    if (gathering == null) {
      gather(now, company(), leaver.node() + " leaves", out);
    }
    if (gathering != null) {
      gathering.lose(now, leaver, out);
      conclude(now, gathering, out);
    }
  }

  private void changePeers(Instant now, List<NodeId> nodes, List<RingEffect> out) {
    peers = Outsiders.peersOf(self, nodes, standard);
    config = standard.forNodes(peers.size() + 1);
    var stranger = company().stream().anyMatch(m -> !m.equals(self) && !peers.contains(m.node()));
    if (gathering != null || (isRunning() && stranger)) {
      gather(now, company(), "peers changed", out);
    } else if (state == RingState.OPERATIONAL && view != null) {
      outsiders.watch(now, view, peers, out);
    }
  }

  private void leave(Instant now, List<RingEffect> out) {
    if (state == RingState.LEFT) {
      return;
    }
    var times = isRunning() ? FAREWELLS : 0;
    dropRing(out);
    gathering = null;
    enter(RingState.LEFT, "asked to leave", out);
    farewell = new Farewell(timers, self, peers, sequences.known(), times);
    farewell.say(now, out);
  }
}
