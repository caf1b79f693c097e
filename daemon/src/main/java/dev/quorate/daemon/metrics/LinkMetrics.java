package dev.quorate.daemon.metrics;

import dev.quorate.daemon.cli.Cluster.RingLink;
import dev.quorate.membership.core.link.LinkState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/// How the ring's links do, by peer and link.
final class LinkMetrics {
  private final MultiGauge up;
  private final MultiGauge roundTrip;
  private final MultiGauge lossIn;
  private final MultiGauge lossOut;
  private volatile Supplier<List<RingLink>> links = List::of;

  LinkMetrics(MeterRegistry registry) {
    up = gauge(registry, "quorate.link.up", "1 if datagrams pass on the link, in both directions");
    roundTrip = gauge(registry, "quorate.link.round.trip.seconds", "there and back");
    lossIn = gauge(registry, "quorate.link.loss.in.ratio", "share of the peer's datagrams lost");
    lossOut = gauge(registry, "quorate.link.loss.out.ratio", "share of own datagrams lost");
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String what) {
    return MultiGauge.builder(name).description(what).register(registry);
  }

  void follow(Supplier<List<RingLink>> source) {
    links = source;
  }

  void refresh() {
    List<RingLink> now = links.get();
    register(up, now, l -> l.status().state() == LinkState.DOWN ? 0 : 1);
    register(lossIn, now, l -> l.status().lossIn());
    register(lossOut, now, l -> l.status().lossOut());
    register(
        roundTrip,
        now.stream().filter(l -> l.status().roundTrip().isPresent()).toList(),
        l -> l.status().roundTrip().map(Duration::toNanos).orElse(0L) / 1e9);
  }

  private static void register(
      MultiGauge gauge, List<RingLink> now, ToDoubleFunction<RingLink> value) {
    gauge.register(
        now.stream()
            .<MultiGauge.Row<?>>map(l ->
                MultiGauge.Row.of(
                    Tags.of(
                        "peer",
                        l.status().peer().name(),
                        "link",
                        Integer.toString(l.status().link())),
                    value.applyAsDouble(l)))
            .toList(),
        true);
  }
}
