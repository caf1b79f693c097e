package dev.quorate.exploration;

import dev.quorate.daemon.core.survivor.Survivor;
import dev.quorate.daemon.core.survivor.Survivor.Phase;
import dev.quorate.daemon.core.survivor.SurvivorEffect;
import dev.quorate.daemon.core.survivor.SurvivorEvent;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.exploration.PairMembers.Names;
import dev.quorate.exploration.PairNode.Fence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Two machines, the link between them and one fence device, at one moment; and everything that can
/// happen next. A database in the mode `sync` writes on one of them.
///
/// @param link whether the two hear each other
/// @param commits how many were written
/// @param acknowledged those that a client was told of, one bit each
/// @param disks of the logs
/// @param outdone one bit for each of whom it was sworn that it is off since it was alone last
/// @param leaving who has left in peace
record PairWorld(
    PairNode a,
    PairNode b,
    boolean link,
    int commits,
    int acknowledged,
    PairDisks disks,
    int outdone,
    PairLeaving leaving) {
  private static final int MOST_BOOTS = 3;

  /// Both are on and know each other; the first has the primary.
  static PairWorld paired() {
    PairWorld world =
        new PairWorld(
                PairNode.founded(),
                PairNode.founded(),
                true,
                0,
                0,
                PairDisks.SOUND,
                0,
                PairLeaving.NOBODY)
            .boot(0)
            .boot(1);
    for (int n : new int[] {0, 1}) {
      world = world.hear(n, world.other(n).disk(), Weakness.NONE);
    }
    for (int n : new int[] {0, 1}) {
      world = world.tell(n, new SurvivorEvent.QuorumGained(world.other(n).bootName()));
    }
    return PairDatabase.started(world);
  }

  /// The world after these events, in this order.
  PairWorld after(Weakness weakness, List<String> names) {
    PairWorld world = this;
    for (String name : names) {
      PairWorld next = world.next(weakness).get(name);
      if (next == null) {
        throw new IllegalArgumentException(
            "'" + name + "' cannot happen now, but " + world.next(weakness).keySet());
      }
      world = next;
    }
    return world;
  }

  private static int bit(int n) {
    return 1 << n;
  }

  PairNode node(int n) {
    return n == 0 ? a : b;
  }

  PairNode other(int n) {
    return n == 0 ? b : a;
  }

  PairWorld put(int n, PairNode node) {
    return n == 0
        ? new PairWorld(node, b, link, commits, acknowledged, disks, outdone, leaving)
        : new PairWorld(a, node, link, commits, acknowledged, disks, outdone, leaving);
  }

  /// The same with one more commit.
  ///
  /// @param told its bit, if a client was told of it
  PairWorld committed(int told) {
    return new PairWorld(a, b, link, commits + 1, acknowledged | told, disks, outdone, leaving);
  }

  /// The same with other disks.
  PairWorld with(PairDisks next) {
    return new PairWorld(a, b, link, commits, acknowledged, next, outdone, leaving);
  }

  /// The same, and one or the other has left or may leave.
  PairWorld with(PairLeaving next) {
    return new PairWorld(a, b, link, commits, acknowledged, disks, outdone, next);
  }

  /// What is wrong, if anything.
  Optional<String> violation() {
    if (a.primary() && b.primary()) {
      return Optional.of("two writers");
    }
    if (a.is(Phase.SOLE) && b.is(Phase.SOLE)) {
      return Optional.of("two decide alone");
    }
    if (a.is(Phase.OUT) && b.is(Phase.OUT)) {
      return Optional.of("both have left");
    }
    if (a.disk().standing() == Standing.SOLE && a.disk().equals(b.disk())) {
      return Optional.of("two were alone in one epoch");
    }
    for (int n : new int[] {0, 1}) {
      if (node(n).primary() && (acknowledged & ~node(n).data()) != 0) {
        return Optional.of("an acknowledged commit is lost");
      }
    }
    return Optional.empty();
  }

  /// Everything that can happen next, by name.
  Map<String, PairWorld> next(Weakness weakness) {
    Map<String, PairWorld> next = new LinkedHashMap<>();
    next.put(
        link ? "cut" : "mend",
        new PairWorld(a, b, !link, commits, acknowledged, disks, outdone, leaving));
    for (int n : new int[] {0, 1}) {
      String who = n == 0 ? "A " : "B ";
      if (!node(n).on()) {
        if (node(n).boot() < MOST_BOOTS && !disks.hangs(n)) {
          boots(n, who, weakness, next);
        }
      } else {
        next.put(who + "crashes", put(n, node(n).off()));
        if (!disks.hangs(n)) {
          boolean sworn = (outdone & bit(n)) != 0 && weakness != Weakness.NEVER_DOUBTS;
          next.put(who + "daemon restarts", restart(n, sworn || node(n).is(Phase.DOUBTING)));
        }
        protocol(n, who, weakness, next);
        PairDatabase.next(this, n, who, weakness, next);
      }
      device(n, who, weakness, next);
      disks.next(n).forEach((what, after) -> next.put(who + what, with(after)));
    }
    return next;
  }

  /// Who was away for less than it takes to swear was not sworn to be off.
  private void boots(int n, String who, Weakness weakness, Map<String, PairWorld> next) {
    boolean alone = node(n).disk().standing() == Standing.SOLE;
    boolean doubts = weakness != Weakness.NEVER_DOUBTS;
    if (!alone || !doubts || (outdone & bit(n)) == 0) {
      next.put(who + "boots", boot(n));
    }
    if (alone && doubts) {
      next.put(who + "boots late", bootLate(n));
    }
  }

  private void protocol(int n, String who, Weakness weakness, Map<String, PairWorld> next) {
    PairNode me = node(n);
    boolean contact = link && other(n).on() && !me.is(Phase.OUT) && !other(n).is(Phase.OUT);
    if (contact && !other(n).is(Phase.BURYING)) {
      next.put(who + "hears", hear(n, other(n).disk(), weakness));
    }
    if (!me.is(Phase.OUT) && !other(n).before().equals(other(n).disk())) {
      next.put(who + "hears late", hear(n, other(n).before(), weakness));
    }
    boolean relieved = contact && mayGoOnAlone(other(n)) && !disks.hangs(1 - n);
    if (disks.hangs(n) && mayGoOnAlone(me) && (relieved || weakness == Weakness.LEAVES_UNASKED)) {
      next.put(who + "leaves", tell(n, new SurvivorEvent.Relieved()));
    }
    leaves(n, who, contact, weakness, next);
    boolean pair = me.disk().standing() == Standing.PAIR;
    if (contact && pair && other(n).is(Phase.LEARNING) && weakness != Weakness.NEVER_ASKS) {
      next.put(who + "asks", tell(1 - n, new SurvivorEvent.AskedToBeginAnew(me.disk())));
    }
    if (quorum(n, weakness)) {
      next.put(who + "gains", tell(n, new SurvivorEvent.QuorumGained(other(n).bootName())));
    }
    if (!contact || !quorum(n, weakness)) {
      PairMembers mine = me.members();
      PairWorld alone = put(n, me.knows(mine.leading(mine.leads() && mine.memory() == Names.ONE)));
      next.put(who + "loses", alone.tell(n, new SurvivorEvent.QuorumLost()));
    }
    if (me.fence() == Fence.NONE) {
      next.put(who + "delay", tell(n, new SurvivorEvent.DelayPassed()));
      if (weakness == Weakness.BOOTED_MAY_FENCE && me.is(Phase.WAITING)) {
        Survivor bold =
            new Survivor(me.disk(), Optional.empty(), Phase.FENCING, true, other(n).bootName());
        next.put(who + "is bold", put(n, me.with(bold).calls(Fence.ASKED, bold.peerBoot())));
      }
    }
    if (!me.settled() && !disks.hangs(n)) {
      next.put(who + "writes", tell(n, new SurvivorEvent.Written()));
      if (me.is(Phase.BURYING)) {
        // Before the new log is in its place.
        next.put(who + "crashes once it has written", put(n, me.written().off()));
      }
      if (weakness == Weakness.ALONE_BEFORE_WRITTEN && me.is(Phase.BURYING)) {
        Survivor hasty = me.daemon().orElseThrow();
        next.put(
            who + "is hasty",
            put(
                n,
                me.with(
                    new Survivor(
                        hasty.disk(), Optional.empty(), Phase.SOLE, true, hasty.peerBoot()))));
      }
    }
    if (maySwear(n, weakness)) {
      int left = weakness.acceptsLoss() ? acknowledged & me.data() : acknowledged;
      next.put(
          who + "is sworn to",
          new PairWorld(a, b, link, commits, left, disks, outdone | bit(1 - n), leaving)
              .tell(n, new SurvivorEvent.Sworn(n + 1)));
    }
    boolean source = other(n).settled() && other(n).disk().epoch() == me.disk().epoch();
    if (contact && me.is(Phase.LEARNING) && me.settled() && source) {
      takeIn(n, who, weakness, next);
    }
    members(n, who, contact, next);
  }

  /// That it leaves is an entry of the log of both. It stops its database before, and then leaves
  /// its vote to the other if that has not left before it.
  private void leaves(
      int n, String who, boolean contact, Weakness weakness, Map<String, PairWorld> next) {
    PairNode me = node(n);
    boolean both = contact && me.is(Phase.PAIRED) && quorum(n, weakness);
    boolean stopped = me.database() == PairNode.Database.NONE;
    if (both && !stopped && leaving.may(n)) {
      next.put(who + "stops its database", PairDatabase.stopped(this, n));
    }
    if (both && stopped && leaving.may(n)) {
      next.put(who + "leaves in peace", with(leaving.leaves(n)));
    }
    boolean stays = !leaving.has(1 - n) || weakness == Weakness.BOTH_LEAVE_THEIR_VOTE;
    boolean votes = other(n).disk().equals(me.disk()) || weakness == Weakness.LEAVES_TO_A_LEARNER;
    if (contact && me.is(Phase.PAIRED) && leaving.has(n) && stays && votes) {
      next.put(who + "leaves its vote", tell(n, new SurvivorEvent.PeerStays()));
    }
  }

  private static boolean mayGoOnAlone(PairNode node) {
    return node.daemon().filter(Survivor::mayGoOnAlone).isPresent();
  }

  /// What the log of both does about its members, as Ratis does it.
  private void members(int n, String who, boolean contact, Map<String, PairWorld> next) {
    PairNode me = node(n);
    PairMembers mine = me.members();
    PairMembers others = other(n).members();
    boolean sameLog = contact && other(n).takesPart() && mine.epoch() == others.epoch();
    if (!me.votes()) {
      return;
    }
    boolean mayLead =
        switch (mine.memory()) {
          case ONE -> true;
          // A listener's refusal counts, its silence does not.
          case CHANGING -> !contact;
          case BOTH -> sameLog && others.memory() == Names.BOTH && !others.leads();
        };
    if (!mine.leads() && mayLead) {
      next.put(who + "leads", put(n, me.knows(mine.leading(true))));
    }
    if (mine.memory() != mine.disk() && !disks.hangs(n)) {
      next.put(who + "flushes", put(n, me.knows(mine.flushed())));
    }
    if (!mine.leads() || !sameLog) {
      return;
    }
    if (me.is(Phase.OFFERING) && mine.memory() == Names.ONE && other(n).is(Phase.LEARNING)) {
      next.put(who + "changes members", put(n, me.knows(mine.appended(Names.CHANGING))));
    }
    boolean changing = mine.disk() == Names.CHANGING && others.disk() == Names.CHANGING;
    if (changing && mine.memory() == Names.CHANGING) {
      next.put(who + "ends the change", put(n, me.knows(mine.appended(Names.BOTH))));
    }
    if (!others.copied(mine).equals(others) && !disks.hangs(1 - n)) {
      next.put(who + "sends", put(1 - n, other(n).knows(others.copied(mine))));
    }
  }

  /// An operator who tells the truth: the other is off, and has decided nothing that is lacking
  /// here.
  private boolean maySwear(int n, Weakness weakness) {
    PairNode me = node(n);
    boolean waits =
        me.is(Phase.WAITING)
            || me.is(Phase.RESUMING)
            || me.is(Phase.DOUBTING)
            || me.is(Phase.ALONE)
            || me.is(Phase.FENCING);
    boolean off = !other(n).on() || weakness == Weakness.FALSE_OATH;
    boolean newest =
        !me.disk().behind(other(n).disk())
            || weakness == Weakness.OATH_OVER_NEWER
            || (weakness.acceptsLoss() && other(n).disk().epoch() <= me.reach());
    return waits && me.settled() && off && newest;
  }

  private void takeIn(int n, String who, Weakness weakness, Map<String, PairWorld> next) {
    if (other(n).is(Phase.SOLE)) {
      PairWorld offered = tell(1 - n, new SurvivorEvent.LearnerCaughtUp());
      if (weakness == Weakness.KEEPS_SOLE) {
        Survivor s = other(n).daemon().orElseThrow();
        Survivor keeps =
            new Survivor(s.disk(), Optional.empty(), Phase.OFFERING, true, s.peerBoot());
        offered = put(1 - n, other(n).with(keeps));
      }
      next.put(who + "has caught up", offered);
    } else if (changed(n, weakness)) {
      PairWorld copied = put(n, node(n).log(other(n).holder(), other(n).promise()));
      next.put(who + "is taken in", copied.tell(n, new SurvivorEvent.TakenIn()));
    }
  }

  /// Whether a node believes that both vote.
  private boolean changed(int n, Weakness weakness) {
    return switch (weakness) {
      case COUNTS_TOO_EARLY -> node(n).members().memory() != Names.ONE;
      case KEEPS_SOLE -> true;
      default ->
          a.members().both() && b.members().both() && a.members().epoch() == b.members().epoch();
    };
  }

  /// Whether the log of both commits.
  boolean quorum(int n, Weakness weakness) {
    boolean mine = node(n).votes();
    boolean others =
        other(n).takesPart()
            || (weakness == Weakness.VOTES_WHILE_FENCING && other(n).is(Phase.FENCING));
    boolean keeps = weakness == Weakness.KEEPS_SOLE;
    return link
        && mine
        && others
        && !disks.anyHangs()
        && node(n).disk().epoch() == other(n).disk().epoch()
        && (keeps || node(n).disk().standing() == Standing.PAIR)
        && changed(n, weakness);
  }

  private void device(int n, String who, Weakness weakness, Map<String, PairWorld> next) {
    PairNode me = node(n);
    switch (me.fence()) {
      case NONE -> {}
      case ASKED -> {
        if (disks.hangs(n) && me.is(Phase.FENCING)) {
          // The log that it would go on with is not ready.
          return;
        }
        PairWorld done = put(1 - n, other(n).off());
        next.put(who + "fences", done.put(n, done.node(n).calls(Fence.DONE, me.fenceBoot())));
        next.put(who + "fencing fails", answered(n, weakness == Weakness.FAILED_IS_DONE));
        if (weakness == Weakness.LYING_DEVICE) {
          next.put(who + "is lied to", answered(n, true));
        }
      }
      case DONE -> {
        next.put(who + "is told off", answered(n, true));
        next.put(who + "is not told", answered(n, false));
      }
    }
  }

  private PairWorld answered(int n, boolean verified) {
    PairNode me = node(n);
    PairWorld ended = put(n, me.calls(Fence.NONE, ""));
    return me.on()
        ? ended.tell(n, new SurvivorEvent.FencingEnded(me.fenceBoot(), verified))
        : ended;
  }

  // The protocol.

  PairWorld boot(int n) {
    return with(leaving.begins(n))
        .put(n, node(n).boots(Survivor.begin(node(n).disk(), false).next()));
  }

  /// After so long that the other may have been sworn to.
  PairWorld bootLate(int n) {
    return with(leaving.begins(n))
        .put(n, node(n).boots(Survivor.begin(node(n).disk(), true).next()));
  }

  PairWorld restart(int n) {
    return restart(n, node(n).is(Phase.DOUBTING));
  }

  /// In the same boot, it doubts as it did before.
  private PairWorld restart(int n, boolean doubts) {
    PairNode begun = node(n).with(Survivor.begin(node(n).disk(), doubts).next());
    return with(leaving.begins(n)).put(n, begun.knows(begun.members().restarted()));
  }

  private PairWorld hear(int n, SurvivorRecord said, Weakness weakness) {
    PairNode me = node(n);
    boolean waits = me.is(Phase.RESUMING) || me.is(Phase.DOUBTING);
    if (weakness == Weakness.BELIEVES_ONE_HELLO && waits && said.behind(me.disk())) {
      Survivor rash =
          new Survivor(me.disk(), Optional.empty(), Phase.SOLE, true, other(n).bootName());
      return put(n, me.with(rash).knows(PairMembers.one(me.disk().epoch(), true)));
    }
    return tell(n, new SurvivorEvent.PeerHeard(said, other(n).bootName()));
  }

  private PairWorld tell(int n, SurvivorEvent event) {
    Survivor.Step step = node(n).daemon().orElseThrow().on(event);
    PairNode me = node(n).with(step.next());
    for (SurvivorEffect effect : step.effects()) {
      me =
          switch (effect) {
            case SurvivorEffect.Fence(var boot) -> me.calls(Fence.ASKED, boot);
            case SurvivorEffect.Follow(var epoch) ->
                me.runs(PairNode.Database.NONE, me.timeline(), me.data(), false)
                    .knows(
                        me.members().epoch() == epoch
                            ? me.members()
                            : PairMembers.one(epoch, false));
            case SurvivorEffect.OpenSole(var epoch) -> me.knows(PairMembers.one(epoch, true));
            case SurvivorEffect.ClosePair _ -> me.knows(me.members().leading(false));
            case SurvivorEffect.Prepare _ -> me.prepares();
            case SurvivorEffect.OpenPair _,
                SurvivorEffect.AddVoter _,
                SurvivorEffect.Write _,
                SurvivorEffect.Leave _,
                SurvivorEffect.Delay _ ->
                me;
          };
    }
    PairWorld told = put(n, me);
    int left = me.is(Phase.SOLE) ? outdone & ~bit(n) : outdone;
    return new PairWorld(told.a, told.b, link, commits, acknowledged, disks, left, leaving);
  }
}
