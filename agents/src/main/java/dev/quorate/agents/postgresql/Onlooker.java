package dev.quorate.agents.postgresql;

import dev.quorate.resource.LeftAlone;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at an instance that an operator wants left alone, and has the cluster look when a server
/// was started or ended by hand, and when it is looked after again. Confined to the driver's
/// thread.
final class Onlooker {
  private static final Logger LOG = LoggerFactory.getLogger(Onlooker.class);

  private final LocalPostgres local;
  private boolean looksOn;
  private long server;

  Onlooker(LocalPostgres local) {
    this.local = local;
  }

  /// Looks, if it is left alone.
  void look() {
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
      local.context.monitorSoon();
    }
  }
}
