package dev.quorate.resource.core.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandEnvelope;
import dev.quorate.resource.Holder;
import dev.quorate.resource.Intent;
import dev.quorate.resource.NodeStatus;
import dev.quorate.resource.NodeStatus.Presence;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.Role;
import dev.quorate.resource.json.ClusterJson;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/// Random commands, most of them plausible and many of them wrong, keep the invariants of
/// [ClusterStateMachine]. Replay one seed with `-Dseed=`.
class ClusterStateMachinePropertyTest {
  private static final int SEEDS = 30;
  private static final int COMMANDS = 600;

  @Test
  void invariantsHoldAfterEveryCommand() {
    Long only = Long.getLong("seed");
    int accepted = 0;
    int promotions = 0;
    for (long seed = 1; seed <= (only == null ? SEEDS : 1); seed++) {
      long used = only == null ? seed : only;
      Ledger ledger = run(used, COMMANDS);
      accepted += ledger.accepted;
      promotions += (int) ledger.primacy().epoch();
    }
    int floor = only == null ? SEEDS : 0;
    assertTrue(accepted > floor * 50, "too few commands were accepted: " + accepted);
    assertTrue(promotions >= floor, "too few promotions: " + promotions);
  }

  @Test
  void theSameCommandsGiveTheSameText() {
    for (long seed = 1; seed <= 3; seed++) {
      List<byte[]> log = run(seed, COMMANDS).log;
      assertEquals(replay(log), replay(log), "seed " + seed);
    }
  }

  private static String replay(List<byte[]> log) {
    ClusterState state = ClusterState.initial("test");
    long index = 0;
    for (byte[] entry : log) {
      CommandEnvelope envelope = ClusterJson.decodeCommand(entry);
      index++;
      state =
          ClusterStateMachine.apply(
                  ClusterJson.decodeState(ClusterJson.encode(state)),
                  new LogPosition(1, 1, index),
                  envelope.wallMillis(),
                  envelope.command())
              .state();
    }
    return new String(ClusterJson.encode(state), UTF_8);
  }

  private static Ledger run(long seed, int commands) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    Ledger ledger = random.nextBoolean() ? Ledger.running() : Ledger.three();
    RandomCommands source = new RandomCommands(ledger, random);
    SortedMap<NodeId, SortedSet<String>> fenced = new TreeMap<>();
    for (int step = 0; step < commands; step++) {
      ClusterState before = ledger.state;
      ledger.apply(source.next());
      int at = step;
      Supplier<String> place =
          () -> "seed %d, step %d, %s".formatted(seed, at, ledger.lastCommand());
      check(before, ledger.state, fenced, place);
    }
    return ledger;
  }

  private static void check(
      ClusterState before,
      ClusterState after,
      SortedMap<NodeId, SortedSet<String>> fenced,
      Supplier<String> place) {
    checkIntents(after, place);
    for (Primacy primacy : after.primacies().values()) {
      Primacy was = before.primacies().get(primacy.resource());
      if (was != null) {
        checkGrant(before, was, primacy, place);
      }
    }
    after
        .nodes()
        .forEach((node, status) -> {
          String boot = status.incarnation().bootId();
          SortedSet<String> ended = fenced.computeIfAbsent(node, _ -> new TreeSet<>());
          if (status.presence() == Presence.FENCED) {
            ended.add(boot);
          } else if (status.presence() != Presence.NEVER_SEEN) {
            assertTrue(!ended.contains(boot), place);
          }
        });
    long newlyLost = after.nodes().values().stream().filter(NodeStatus::unclean).count();
    assertTrue(newlyLost <= 1, place);
    long started =
        after.configuration().nodes().keySet().stream()
            .filter(n ->
                after.instance(Ledger.VIP, n).filter(i -> i.role() == Role.STARTED).isPresent())
            .count();
    assertTrue(started <= 1, place);
  }

  private static void checkIntents(ClusterState state, Supplier<String> place) {
    List<String> busy = new ArrayList<>();
    for (Intent intent : state.intents().values()) {
      if (intent.action() instanceof OperationAction(_, var resource, var node)) {
        String instance = resource + " on " + node;
        assertTrue(!busy.contains(instance), place);
        busy.add(instance);
      }
    }
  }

  private static void checkGrant(
      ClusterState before, Primacy was, Primacy now, Supplier<String> place) {
    assertTrue(now.epoch() >= was.epoch() && now.epoch() <= was.epoch() + 1, place);
    assertTrue(now.election().round() >= was.election().round(), place);
    assertTrue(now.promise().version() >= was.promise().version(), place);
    if (now.holder() instanceof Holder.Held held && !now.holder().equals(was.holder())) {
      assertEquals(was.epoch() + 1, now.epoch(), place);
      boolean done =
          switch (was.holder()) {
            case Holder.Nobody() -> true;
            case Holder.Released _ -> true;
            case Holder.Held(var node, _) ->
                before
                    .instance(now.resource(), node)
                    .filter(i -> i.role() == Role.STOPPED)
                    .isPresent();
          };
      assertTrue(done, place);
      assertTrue(before.online(held.node()), place);
    }
  }
}
