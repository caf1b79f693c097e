package dev.quorate.agents.postgresql;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.PostgresFacts;
import dev.quorate.agents.core.postgresql.WalVote;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.Vote;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The votes of the local instance. Confined to the driver's thread.
final class Ballots {
  private static final Logger LOG = LoggerFactory.getLogger(Ballots.class);
  private static final long REPEAT_NANOS = 1_000_000_000L;

  private final LocalPostgres local;
  private long round;
  private long castAt;

  Ballots(LocalPostgres local) {
    this.local = local;
  }

  /// The round of the last vote, if that was a moment ago; else 0, for it may have got lost.
  long castLately() {
    return System.nanoTime() - castAt < REPEAT_NANOS ? round : 0;
  }

  /// States what the instance holds.
  void cast(long round, PostgresFacts facts) {
    WalVote held = local.instance.heldAt(local.context.self(), local.identity(), facts.end());
    cast(
        round,
        new Vote(
            local.context.self(),
            local.context.incarnation().bootId(),
            local.promotable(),
            held.identity(),
            held.history().timeline().number(),
            held.end().value(),
            held.history().switches().stream()
                .map(s -> new Vote.TimelineSwitch(s.from().number(), s.at().value()))
                .toList(),
            local.wasPrimary,
            0,
            ""));
  }

  /// States that the instance holds nothing of use.
  void castEmpty(long round, String reason) {
    cast(
        round,
        new Vote(
            local.context.self(),
            local.context.incarnation().bootId(),
            false,
            "",
            0,
            0,
            List.of(),
            false,
            0,
            reason));
  }

  private void cast(long now, Vote vote) {
    round = now;
    castAt = System.nanoTime();
    local.context.propose(new ClusterCommand.CastVote(local.context.resource().id(), now, vote));
    LOG.atInfo()
        .addKeyValue("resource", local.context.resource().id())
        .addKeyValue("round", now)
        .addKeyValue("timeline", vote.timeline())
        .addKeyValue("position", new Lsn(vote.position()))
        .log("voted");
  }
}
