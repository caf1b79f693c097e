package dev.quorate.agents.postgresql;

import dev.quorate.resource.LeftAlone;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at an instance that an operator wants left alone, and has the cluster look when a server
/// was started or ended by hand, until that is on record, and when it is looked after again.
/// Confined to the driver's thread.
final class Onlooker {
  private static final Logger LOG = LoggerFactory.getLogger(Onlooker.class);

  private static final long AGAIN_NANOS = 900_000_000L;

  private final LocalPostgres local;
  private boolean looksOn;
  private long server;
  private long lastCall;

  Onlooker(LocalPostgres local) {
    this.local = local;
  }

  /// Looks, if it is left alone.
  void look() {
    local.spared.look();
    if (local.lookWhenJoined && local.joined()) {
      local.lookWhenJoined = false;
      local.context.monitorSoon();
    }
    Optional<LeftAlone> why = local.leftAlone();
    if (why.isPresent() != looksOn) {
      looksOn = why.isPresent();
      LOG.atInfo()
          .addKeyValue("resource", local.context.resource().id())
          .addKeyValue("reason", why.map(LeftAlone::reason).orElse("the operator has ended that"))
          .log(looksOn ? "postgresql is left alone" : "postgresql is looked after again");
      local.context.monitorSoon();
    }
    long now = looksOn ? local.instance.postmaster().orElse(0) : server;
    if (now != server) {
      server = now;
      LOG.atInfo()
          .addKeyValue("resource", local.context.resource().id())
          .log(now == 0 ? "the server was ended by hand" : "a server runs that is left alone");
      call();
    } else if (looksOn && isOffTheRecord() && System.nanoTime() - lastCall > AGAIN_NANOS) {
      call();
    }
  }

  /// Whether the state says something else than what is there: what a monitor found may have got
  /// lost, or have come too soon.
  private boolean isOffTheRecord() {
    boolean recorded =
        local
            .state
            .instance(local.context.resource().id(), local.context.self())
            .filter(i -> i.role().active())
            .isPresent();
    boolean works = server != 0 || local.instance.singleUser().isPresent();
    return !local.returning && works != recorded;
  }

  private void call() {
    lastCall = System.nanoTime();
    local.context.monitorSoon();
  }
}
