package dev.quorate.simulation.ring;

import dev.quorate.membership.MembershipConfig;
import dev.quorate.simulation.ring.RingWorld.RingLoss;
import dev.quorate.simulation.ring.RingWorld.Tally;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Simulates hours of a ring of three nodes with two links, of which one loses 30 % of all
/// datagrams, and counts false suspicions: `RingHours [HOURS [SEED]]`, 20,000 hours if not said
/// otherwise. Exits with 1 if there was one.
public final class RingHours {
  private static final int CHUNK = 100;

  private RingHours() {}

  /// Runs it.
  public static void main(String[] arguments) {
    var hours = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 20_000;
    var seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1L;
    var threads = ManagementFactory.getThreadMXBean();
    var start = threads.getCurrentThreadCpuTime();
    var suspicions = 0L;
    for (int done = 0; done < hours; seed++) {
      var chunk = Math.min(CHUNK, hours - done);
      var outcome = simulate(seed, Duration.ofHours(chunk));
      done += chunk;
      suspicions += isTrusting(outcome) ? 0 : 1;
      var cpu = (threads.getCurrentThreadCpuTime() - start) / 60e9;
      System.out.printf(
          Locale.ROOT,
          "seed %d: %d hours, %d datagrams and timers, %d tokens lost, %d suspicions;"
              + " %.0f simulated hours per CPU-minute%n",
          seed,
          chunk,
          outcome.events(),
          outcome.tokensLost(),
          outcome.suspicions(),
          done / cpu);
    }
    System.out.println(
        suspicions == 0
            ? hours + " hours without a false suspicion"
            : "FALSE SUSPICIONS in " + suspicions + " runs");
    System.exit(suspicions == 0 ? 0 : 1);
  }

  /// A ring of three for this long, with 30 % loss on the preferred one of two links.
  static Tally simulate(long seed, Duration time) {
    var loss = new RingLoss(List.of(0.3, 0.0));
    var world = new RingWorld(seed, 3, MembershipConfig.defaults(), loss);
    world.run(time, Duration.ofSeconds(10));
    return world.tally();
  }

  /// Whether the nodes formed their view, once, and never doubted it; and every message arrived.
  static boolean isTrusting(Tally tally) {
    return tally.views() <= 6
        && tally.tokensLost() == 0
        && tally.suspicions() == 0
        && tally.delivered() >= 3 * (tally.said() - 1);
  }
}
