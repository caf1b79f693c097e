package dev.quorate.exploration;

import dev.quorate.daemon.core.survivor.Survivor;
import dev.quorate.daemon.core.survivor.Survivor.Phase;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.exploration.PairNode.Database;
import java.util.Map;

/// What a database in the mode `sync` does on two machines.
final class PairDatabase {
  private static final int MOST_COMMITS = 3;

  private PairDatabase() {}

  /// The first node has the primary, the other its standby.
  static PairWorld started(PairWorld voting) {
    PairWorld started = attach(promote(voting, 0), 1);
    return promise(started.put(0, started.a().runs(Database.PRIMARY, 1, 0, true)), 0);
  }

  /// Everything that it can do next on a node, by name.
  static void next(
      PairWorld world, int n, String who, Weakness weakness, Map<String, PairWorld> next) {
    PairNode me = world.node(n);
    PairNode peer = world.other(n);
    if (world.leaving().has(n)) {
      return; // nothing is begun on a node that has left
    }
    boolean streams = world.link() && peer.standby() && peer.timeline() == me.timeline();
    if (mayPromote(world, n, weakness)) {
      next.put(who + "promotes", promote(world, n));
    }
    boolean follows =
        me.settled()
            && (me.is(Phase.PAIRED)
                || (me.is(Phase.LEARNING) && me.disk().standing() == Standing.LEARNER));
    if (world.link() && peer.primary() && me.database() == Database.NONE && follows) {
      next.put(who + "attaches", attach(world, n));
    }
    if (!me.primary()) {
      return;
    }
    if (world.commits() < MOST_COMMITS) {
      next.put(who + "commits", commit(world, n, streams));
    }
    if (streams && peer.data() != me.data()) {
      next.put(who + "streams", attach(world, 1 - n));
    }
    if (!me.waits() && streams && me.is(Phase.PAIRED) && peer.data() == me.data()) {
      next.put(
          who + "waits", world.put(n, me.runs(Database.PRIMARY, me.timeline(), me.data(), true)));
    }
    if (me.waits() && !me.promise() && me.is(Phase.PAIRED) && world.quorum(n, weakness)) {
      next.put(who + "promises", promise(world, n));
    }
    if (me.is(Phase.SOLE) && me.promise() && !world.disks().hangs(n)) {
      next.put(who + "withdraws its promise", world.put(n, me.log(me.holder(), false)));
    }
    if (me.is(Phase.SOLE) && !me.promise() && me.waits()) {
      next.put(
          who + "goes on",
          world.put(n, me.runs(Database.PRIMARY, me.timeline(), me.data(), false)));
    }
  }

  /// The election of ADR 10: with both, the one that is further; alone, who held the grant, or who
  /// has every acknowledged commit by the promise.
  private static boolean mayPromote(PairWorld world, int n, Weakness weakness) {
    PairNode me = world.node(n);
    PairNode peer = world.other(n);
    boolean decides = !world.disks().hangs(n) && me.daemon().filter(Survivor::decides).isPresent();
    if (me.primary() || !decides) {
      return false;
    }
    if (me.is(Phase.SOLE)) {
      return me.holder() == n || me.promise();
    }
    boolean further =
        me.timeline() > peer.timeline()
            || (me.timeline() == peer.timeline() && (peer.data() & ~me.data()) == 0);
    return world.quorum(n, weakness) && !peer.primary() && further;
  }

  private static PairWorld promote(PairWorld world, int n) {
    PairNode me = world.node(n);
    PairNode peer = world.other(n);
    int history = Math.max(me.timeline(), peer.timeline()) + 1;
    PairWorld promoted =
        world.put(n, me.log(n, false).runs(Database.PRIMARY, history, me.data(), false));
    return me.is(Phase.PAIRED) ? promoted.put(1 - n, leave(peer).log(n, false)) : promoted;
  }

  /// A standby of an older history streams no more.
  private static PairNode leave(PairNode node) {
    return node.standby() ? node.runs(Database.NONE, node.timeline(), node.data(), false) : node;
  }

  /// A primary that stops sends its standby everything first.
  static PairWorld stopped(PairWorld world, int n) {
    PairNode me = world.node(n);
    PairNode peer = world.other(n);
    boolean streams = me.primary() && peer.standby() && peer.timeline() == me.timeline();
    PairWorld sent = streams ? attach(world, 1 - n) : world;
    return sent.put(n, me.runs(Database.NONE, me.timeline(), me.data(), false));
  }

  private static PairWorld attach(PairWorld world, int n) {
    PairNode primary = world.other(n);
    return world.put(
        n, world.node(n).runs(Database.STANDBY, primary.timeline(), primary.data(), false));
  }

  private static PairWorld promise(PairWorld world, int n) {
    int holder = world.node(n).holder();
    return world
        .put(n, world.node(n).log(holder, true))
        .put(1 - n, world.other(n).log(holder, true));
  }

  private static PairWorld commit(PairWorld world, int n, boolean streams) {
    PairNode me = world.node(n);
    PairNode peer = world.other(n);
    int bit = 1 << world.commits();
    PairWorld written =
        world.put(n, me.runs(Database.PRIMARY, me.timeline(), me.data() | bit, me.waits()));
    boolean both = me.waits() && streams;
    if (both) {
      written =
          written.put(
              1 - n, peer.runs(Database.STANDBY, peer.timeline(), peer.data() | bit, false));
    }
    boolean told = both || !me.waits();
    return written.committed(told ? bit : 0);
  }
}
