package dev.quorate.membership.core;

import dev.quorate.membership.Member;
import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import dev.quorate.membership.core.MulticastMessage.Content;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
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

  private static final Duration FAREWELL_INTERVAL = Duration.ofMillis(10);
  private static final int FAREWELLS = 3;

  private final MembershipConfig config;
  private final Member self;
  private final FlowControl flow;
  private final Timers timers = new Timers();
  private final TokenWatch watch = new TokenWatch(timers);
  private final MergeHoldoff holdoff = new MergeHoldoff();
  private final ArrayDeque<Payload> pending = new ArrayDeque<>();
  private final TreeMap<NodeId, Member> leavers = new TreeMap<>();
  private List<NodeId> peers;
  private RingState state = RingState.STOPPED;
  private Instant lastHandled = Instant.MIN;

  /// The highest sequence that this node has promised to a ring; persisted.
  private long promised;

  /// The highest sequence that this node has heard of.
  private long known;

  private @Nullable View view;
  private @Nullable OldRing old;
  private @Nullable GatherRound round;
  private boolean aloneAllowed;
  private @Nullable CommitToken forming;

  /// The ring whose token goes round: forming in RECOVERY, installed in OPERATIONAL, absent when
  /// alone.
  private @Nullable TokenRing ring;

  private @Nullable Token held;
  private boolean wanted;
  private boolean asked;
  private int farewells;

  /// Makes a node that has not started.
  ///
  /// @param peers the nodes of the cluster; this node may be among them
  /// @param ringSequence the last persisted ring sequence, 0 on a new node
  public RingProtocol(MembershipConfig config, Member self, List<NodeId> peers, long ringSequence) {
    this.config = config;
    this.self = self;
    this.flow = new FlowControl(config.window(), config.messagesPerVisit());
    this.peers = checked(peers);
    this.promised = ringSequence;
    this.known = ringSequence;
  }

  private List<NodeId> checked(List<NodeId> nodes) {
    var others = new TreeSet<>(nodes);
    others.remove(self.node());
    if (others.size() >= config.maxMembers()) {
      throw new IllegalArgumentException(
          "a ring has at most " + config.maxMembers() + " members, not " + (others.size() + 1));
    }
    return List.copyOf(others);
  }

  /// What the node is doing.
  public RingState state() {
    return state;
  }

  /// The view that was installed last, if there was one yet. It holds as long as the node is
  /// operational.
  public Optional<View> view() {
    return Optional.ofNullable(view);
  }

  /// How many messages wait for the token.
  public int pending() {
    return pending.size();
  }

  /// Handles one event and says what follows from it.
  public List<RingEffect> handle(Instant now, RingEvent event) {
    var out = new ArrayList<RingEffect>();
    noticePause(now, out);
    lastHandled = now;
    switch (event) {
      case RingEvent.Started() -> start(now, out);
      case RingEvent.PacketArrived(var from, var packet) -> arrived(now, from, packet, out);
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

  /// A timer that is far overdue means that nothing ran here: what this node believes about the
  /// others, and they about it, may be outdated.
  private void noticePause(Instant now, List<RingEffect> out) {
    if (!isRunning()) {
      return;
    }
    var earliest = timers.earliest();
    if (earliest.isEmpty()
        || Duration.between(earliest.get(), now).compareTo(config.tokenTimeout().dividedBy(2))
            < 0) {
      return;
    }
    var gap = Duration.between(lastHandled, now);
    out.add(new RingEffect.Paused(gap));
    if (gap.compareTo(config.tokenTimeout()) >= 0) {
      gather(now, company(), "paused", out);
    }
  }

  private void start(Instant now, List<RingEffect> out) {
    if (state == RingState.STOPPED) {
      gather(now, List.of(self), "started", out);
    }
  }

  private void arrived(Instant now, NodeId from, RingPacket packet, List<RingEffect> out) {
    if (!isRunning() || !peers.contains(from)) {
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
        if (ring != null && ring.id().equals(id)) {
          wanted = true;
          release(now, out);
        }
      }
      case RingPacket.Leave(var leaver, var sequence) -> {
        if (leaver.node().equals(from)) {
          known = Math.max(known, sequence);
          left(now, leaver, out);
        }
      }
    }
  }

  private void fired(Instant now, TimerId.Kind kind, List<RingEffect> out) {
    switch (kind) {
      case JOIN -> sayJoin(now, peers, out);
      case CONSENSUS -> waitedLongEnough(now, out);
      case TOKEN -> {
        if (watch.fired(now, out)) {
          gather(now, company(), TOKEN_LOST, out);
        }
      }
      case HOLD -> release(now, out);
      case MERGE -> callOutsiders(now, out);
      case LEAVE -> sayFarewell(now, out);
    }
  }

  /// The members that this node has to do with at present.
  private List<Member> company() {
    if (round != null) {
      return round.candidates();
    }
    if (forming != null) {
      return forming.members();
    }
    return view == null ? List.of(self) : view.members();
  }

  /// The same with another member, in whose present life it counts.
  private List<Member> with(Member newcomer) {
    var members = new TreeMap<NodeId, Member>();
    company().forEach(m -> members.put(m.node(), m));
    members.put(newcomer.node(), newcomer);
    return List.copyOf(members.values());
  }

  private void enter(RingState next, String reason, List<RingEffect> out) {
    state = next;
    out.add(new RingEffect.StateEntered(next, reason));
  }

  // ---- gather ----

  private void gather(Instant now, List<Member> initial, String reason, List<RingEffect> out) {
    if (state == RingState.OPERATIONAL && view != null) {
      old = new OldRing(view, ring == null ? new ReceiveWindow() : ring.window());
    }
    ring = null;
    forming = null;
    held = null;
    watch.stop();
    timers.cancelAll(out);
    aloneAllowed = false;
    round = new GatherRound(self, initial);
    leavers.values().forEach(round::fail);
    failStrangers(round);
    enter(RingState.GATHER, reason, out);
    sayJoin(now, peers, out);
    timers.set(TimerId.Kind.CONSENSUS, now.plus(config.consensusTimeout()), out);
  }

  /// Nodes that are no peers of this one cannot be reached by it, whatever others say.
  private void failStrangers(GatherRound current) {
    for (var member : current.reachable()) {
      if (!peers.contains(member.node())) {
        current.fail(member);
      }
    }
  }

  private void sayJoin(Instant now, List<NodeId> to, List<RingEffect> out) {
    if (round == null) {
      return;
    }
    var join = new JoinMessage(self, round.reachable(), round.failed(), known);
    if (!to.isEmpty()) {
      out.add(new RingEffect.Send(to, join));
    }
    timers.set(TimerId.Kind.JOIN, now.plus(config.joinInterval()), out);
  }

  private void joined(Instant now, JoinMessage join, List<RingEffect> out) {
    var sender = join.sender();
    if (isStale(sender, join.sequence())) {
      return;
    }
    var gathering = state == RingState.GATHER;
    switch (state) {
      case OPERATIONAL -> {
        if (hasGivenUpOneOfUs(join)) {
          return;
        }
        gather(now, with(sender), "join of " + sender.node(), out);
      }
      case COMMIT, RECOVERY -> {
        if (forming == null || !concernsForming(forming, join)) {
          return;
        }
        gather(now, with(sender), "join of " + sender.node(), out);
      }
      case GATHER -> {}
      case STOPPED, LEFT -> {
        return;
      }
    }
    if (round == null) {
      return;
    }
    known = Math.max(known, join.sequence());
    var firstWord = round.isFirstWordOf(sender.node());
    var change = round.merge(join);
    failStrangers(round);
    switch (change) {
      case NEW_MEMBER -> {
        aloneAllowed = false;
        sayJoin(now, peers, out);
        timers.set(TimerId.Kind.CONSENSUS, now.plus(config.consensusTimeout()), out);
      }
      case OPINION -> sayJoin(now, peers, out);
      case NOTHING -> {
        if (gathering && firstWord && !round.isAgreed()) {
          sayJoin(now, List.of(sender.node()), out);
        }
      }
    }
    conclude(now, round, out);
  }

  /// Whether a join was said before the present view, or by an earlier life of a member.
  private boolean isStale(Member sender, long sequence) {
    if (view == null) {
      return false;
    }
    var member = view.member(sender.node());
    return member.isPresent()
        && (member.get().equals(sender)
            ? sequence < view.id().sequence()
            : sender.incarnation().run() <= member.get().incarnation().run());
  }

  /// An outsider that gave up one of this ring's members would break the ring if it were followed
  /// now. It forms a ring without us, and calls then.
  private boolean hasGivenUpOneOfUs(JoinMessage join) {
    var current = view;
    return current != null
        && !current.contains(join.sender().node())
        && current.members().stream().anyMatch(join.failed()::contains);
  }

  /// A join of someone who is in the forming ring means that the ring fails: the sender has given
  /// the attempt up, or is in a new life.
  private static boolean concernsForming(CommitToken forming, JoinMessage join) {
    return forming.members().stream()
        .filter(m -> m.node().equals(join.sender().node()))
        .anyMatch(m ->
            m.equals(join.sender())
                ? join.sequence() >= forming.ring().sequence()
                : join.sender().incarnation().run() > m.incarnation().run());
  }

  private void waitedLongEnough(Instant now, List<RingEffect> out) {
    if (round == null) {
      return;
    }
    aloneAllowed = true;
    var current = round;
    current
        .expire()
        .ifPresent(given -> {
          for (var member : given.members()) {
            current.fail(member);
            out.add(new RingEffect.Suspected(member, given.reason()));
          }
          sayJoin(now, peers, out);
        });
    timers.set(TimerId.Kind.CONSENSUS, now.plus(config.consensusTimeout()), out);
    conclude(now, current, out);
  }

  /// Forms a ring if everyone agrees.
  private void conclude(Instant now, GatherRound current, List<RingEffect> out) {
    if (current.isAlone()) {
      if (aloneAllowed) {
        installAlone(now, out);
      }
      return;
    }
    var candidates = current.candidates();
    if (!candidates.getFirst().equals(self) || !current.isAgreed()) {
      return;
    }
    promise(Math.max(known, promised) + 1, out);
    var token = CommitToken.first(new RingId(promised, self.node()), candidates);
    commit(now, token, out);
  }

  private void promise(long sequence, List<RingEffect> out) {
    promised = sequence;
    known = Math.max(known, sequence);
    out.add(new RingEffect.Persist(sequence));
  }

  // ---- commit and recovery ----

  private void commit(Instant now, CommitToken token, List<RingEffect> out) {
    round = null;
    timers.cancel(TimerId.Kind.JOIN, out);
    timers.cancel(TimerId.Kind.CONSENSUS, out);
    var origin = Optional.ofNullable(old).map(OldRing::origin);
    forming = token.passed(self.node(), origin);
    enter(RingState.COMMIT, token.ring().toString(), out);
    passForming(now, forming, out);
  }

  private void passForming(Instant now, CommitToken token, List<RingEffect> out) {
    var to = token.successor(self.node());
    watch.arrived(now, formingTimeout(), out);
    watch.pass(now, to, token, config.joinInterval(), out);
  }

  /// While a ring forms nobody holds the token, so that its loss is noticed earlier.
  private Duration formingTimeout() {
    var half = config.tokenTimeout().dividedBy(2);
    return half.compareTo(config.consensusTimeout()) < 0 ? config.consensusTimeout() : half;
  }

  private void committing(Instant now, CommitToken token, List<RingEffect> out) {
    if (state == RingState.GATHER && round != null) {
      if (token.ring().sequence() > promised
          && token.hop() < token.entries().size()
          && token.ring().representative().equals(token.members().getFirst().node())
          && token.members().equals(round.candidates())) {
        promise(token.ring().sequence(), out);
        commit(now, token, out);
      }
      return;
    }
    if (forming == null || !forming.ring().equals(token.ring()) || token.hop() <= forming.hop()) {
      return;
    }
    if (state == RingState.COMMIT && token.complete()) {
      forming = token.passed();
      ring = new TokenRing(token.ring(), self.node(), nodesOf(token), flow);
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

  private static List<NodeId> nodesOf(CommitToken token) {
    return token.members().stream().map(Member::node).toList();
  }

  private void recover(Instant now, TokenRing current, Token token, List<RingEffect> out) {
    var source = old;
    var passed = current.visit(token, () -> source == null ? Optional.empty() : source.give(), out);
    var complete =
        (source == null || source.hasGivenAll()) && current.window().aru() == passed.sequence();
    var added = passed.sequence() > token.sequence();
    var settled = complete ? (added ? 1 : token.settled() + 1) : 0;
    if (settled >= current.size() && forming != null) {
      install(now, forming, out);
    }
    pass(now, current, passed.withSettled(settled), out);
  }

  private void installAlone(Instant now, List<RingEffect> out) {
    promise(Math.max(known, promised) + 1, out);
    if (old != null) {
      old.prepareAlone(self.node());
    }
    install(now, CommitToken.first(new RingId(promised, self.node()), List.of(self)), out);
    speakAlone(out);
  }

  /// Ends the old ring and installs the new view.
  private void install(Instant now, CommitToken agreed, List<RingEffect> out) {
    if (old != null) {
      deliver(old.view().id(), old.takeLast(), out);
    }
    var previous = view;
    var next = new View(agreed.ring(), agreed.members());
    var gone =
        leavers.keySet().stream()
            .filter(node -> previous != null && previous.contains(node) && !next.contains(node))
            .toList();
    view = next;
    old = null;
    round = null;
    forming = null;
    asked = false;
    wanted = true; // others wait for the token to install: no hold on its first round
    leavers.clear();
    timers.cancel(TimerId.Kind.JOIN, out);
    timers.cancel(TimerId.Kind.CONSENSUS, out);
    holdoff.installed(now, Optional.ofNullable(previous), next);
    enter(RingState.OPERATIONAL, agreed.ring().toString(), out);
    out.add(new RingEffect.InstallView(next, gone));
    watchOutsiders(now, out);
    if (ring != null) {
      watch.arrived(now, lossTimeout(), out);
    }
    deliverCurrent(out);
  }

  // ---- operational ----

  private void token(Instant now, Token token, List<RingEffect> out) {
    var current = ring;
    if (current == null || !current.id().equals(token.ring()) || !current.isNew(token)) {
      return;
    }
    watch.arrived(now, lossTimeout(), out);
    if (state == RingState.RECOVERY) {
      if (token.settled() < current.size() || forming == null) {
        recover(now, current, token, out);
        return;
      }
      install(now, forming, out);
    }
    visit(now, current, token, out);
  }

  private void visit(Instant now, TokenRing current, Token token, List<RingEffect> out) {
    var passed = current.visit(token, this::nextPending, out);
    deliverCurrent(out);
    asked = false;
    if (current.isCalm() && current.isRepresentative() && !wanted) {
      held = passed;
      timers.set(TimerId.Kind.HOLD, now.plus(config.tokenHold()), out);
    } else {
      pass(now, current, passed, out);
    }
    wanted = false;
  }

  private Optional<Content> nextPending() {
    return Optional.ofNullable(pending.poll()).map(Content.Fresh::new);
  }

  private void pass(Instant now, TokenRing current, Token token, List<RingEffect> out) {
    var interval =
        state == RingState.OPERATIONAL ? config.tokenRetransmit() : config.joinInterval();
    watch.pass(now, current.successor(), token, interval, out);
  }

  private Duration lossTimeout() {
    return state == RingState.OPERATIONAL ? config.tokenTimeout() : formingTimeout();
  }

  private void release(Instant now, List<RingEffect> out) {
    var token = held;
    if (token == null || ring == null) {
      return;
    }
    held = null;
    wanted = false;
    timers.cancel(TimerId.Kind.HOLD, out);
    if (pending.isEmpty()) {
      pass(now, ring, token, out);
    } else {
      visit(now, ring, token, out);
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
      if (state == RingState.OPERATIONAL) {
        deliverCurrent(out);
      } else if (old != null && message.content() instanceof Content.Recovered given) {
        old.take(given);
        deliver(old.view().id(), old.window().takeDeliverable(), out);
      }
    } else if (state == RingState.GATHER
        && old != null
        && old.view().id().equals(message.ring())
        && !flow.isImplausible(message.sequence(), old.window().aru())) {
      old.window().add(message);
      deliver(old.view().id(), old.window().takeDeliverable(), out);
    }
  }

  private void deliverCurrent(List<RingEffect> out) {
    if (ring != null) {
      deliver(ring.id(), ring.window().takeDeliverable(), out);
    }
  }

  private static void deliver(RingId id, List<MulticastMessage> messages, List<RingEffect> out) {
    for (var message : messages) {
      if (message.content() instanceof Content.Fresh(var payload)) {
        out.add(new RingEffect.Deliver(id, message.sender(), payload));
      }
    }
  }

  private void multicast(Instant now, Payload payload, List<RingEffect> out) {
    if (!isRunning()) {
      out.add(new RingEffect.Refused(payload, RingEffect.Refusal.NOT_RUNNING));
    } else if (payload.size() > MembershipConfig.MAX_PAYLOAD) {
      out.add(new RingEffect.Refused(payload, RingEffect.Refusal.TOO_LARGE));
    } else if (pending.size() >= config.sendQueue()) {
      out.add(new RingEffect.Refused(payload, RingEffect.Refusal.QUEUE_FULL));
    } else {
      pending.add(payload);
      speak(now, out);
    }
  }

  private void speak(Instant now, List<RingEffect> out) {
    if (state != RingState.OPERATIONAL) {
      return;
    }
    if (ring == null) {
      speakAlone(out);
    } else if (held != null) {
      release(now, out);
    } else if (ring.isCalm() && !ring.isRepresentative() && !asked) {
      asked = true;
      out.add(
          new RingEffect.Send(
              List.of(ring.representative()), new RingPacket.HoldCancel(ring.id())));
    }
  }

  private void speakAlone(List<RingEffect> out) {
    while (view != null && !pending.isEmpty()) {
      out.add(new RingEffect.Deliver(view.id(), self.node(), pending.remove()));
    }
  }

  // ---- those outside, and leaving ----

  private void watchOutsiders(Instant now, List<RingEffect> out) {
    if (outsiders().isEmpty() || (ring != null && !ring.isRepresentative())) {
      timers.cancel(TimerId.Kind.MERGE, out);
    } else {
      timers.set(TimerId.Kind.MERGE, now.plus(config.mergeInterval()), out);
    }
  }

  private List<NodeId> outsiders() {
    var current = view;
    return current == null ? peers : peers.stream().filter(n -> !current.contains(n)).toList();
  }

  private void callOutsiders(Instant now, List<RingEffect> out) {
    if (view != null && !outsiders().isEmpty()) {
      out.add(new RingEffect.Send(outsiders(), new RingPacket.MergeDetect(self, view.id())));
    }
    watchOutsiders(now, out);
  }

  private void foreignRing(Instant now, Member sender, RingId foreign, List<RingEffect> out) {
    known = Math.max(known, foreign.sequence());
    if (state != RingState.OPERATIONAL || view == null || isStale(sender, foreign.sequence())) {
      return;
    }
    var member = view.contains(sender.node());
    if (member ? !foreign.equals(view.id()) : holdoff.follow(now, sender.node())) {
      gather(now, with(sender), "ring " + foreign + " seen", out);
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
    if (round == null) {
      gather(now, company(), leaver.node() + " leaves", out);
    } else {
      round.fail(leaver);
      sayJoin(now, peers, out);
    }
    aloneAllowed = true;
    if (round != null) {
      conclude(now, round, out);
    }
  }

  private void changePeers(Instant now, List<NodeId> nodes, List<RingEffect> out) {
    peers = checked(nodes);
    var stranger = company().stream().anyMatch(m -> !m.equals(self) && !peers.contains(m.node()));
    if (isRunning() && stranger) {
      gather(now, company(), "peers changed", out);
    } else if (state == RingState.OPERATIONAL) {
      watchOutsiders(now, out);
    }
  }

  private void leave(Instant now, List<RingEffect> out) {
    if (state == RingState.LEFT) {
      return;
    }
    farewells = isRunning() && !peers.isEmpty() ? FAREWELLS : 0;
    timers.cancelAll(out);
    watch.stop();
    ring = null;
    round = null;
    forming = null;
    held = null;
    enter(RingState.LEFT, "asked to leave", out);
    sayFarewell(now, out);
  }

  private void sayFarewell(Instant now, List<RingEffect> out) {
    if (farewells == 0) {
      out.add(new RingEffect.Left());
      return;
    }
    farewells--;
    out.add(new RingEffect.Send(peers, new RingPacket.Leave(self, known)));
    timers.set(TimerId.Kind.LEAVE, now.plus(FAREWELL_INTERVAL), out);
  }
}
