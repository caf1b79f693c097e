package dev.quorate.membership.core.link;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LinkMonitorTest {
  private static final NodeId PEER = new NodeId("b");
  private static final Duration TOKEN = Duration.ofSeconds(1);

  private final LinkMonitor here = LinkMonitor.of(TOKEN);
  private final LinkMonitor there = LinkMonitor.of(TOKEN);
  private Instant now = Instant.EPOCH.plusSeconds(1);

  LinkMonitorTest() {
    here.reach(now, new TreeMap<>(Map.of(PEER, 2)));
    there.reach(now, new TreeMap<>(Map.of(PEER, 2)));
  }

  /// Ten seconds of reports on link 0, and on link 1 what the step does; the peer hears this node.
  private List<LinkState> after(Runnable step) {
    for (int i = 0; i < 20; i++) {
      now = now.plus(here.interval());
      there.heard(now, PEER, 0);
      there.heard(now, PEER, 1);
      here.heard(now, PEER, 0);
      here.reported(now, PEER, 0, there.report(now, PEER, 0));
      step.run();
      there.tick(now);
      here.tick(now);
    }
    return here.status().stream().map(LinkStatus::state).toList();
  }

  @Test
  void reportsKeepALinkUp() {
    var states =
        after(() -> {
          here.heard(now, PEER, 1);
          here.reported(now, PEER, 1, there.report(now, PEER, 1));
        });
    assertEquals(List.of(LinkState.UP, LinkState.UP), states);
  }

  @Test
  void copiesAloneDoNot() {
    var states = after(() -> here.copied(PEER, 1));
    assertEquals(List.of(LinkState.UP, LinkState.DOWN), states);
  }

  @Test
  void copiesCountAgainstLoss() {
    after(() -> {
      for (int i = 0; i < 10; i++) {
        there.sent(PEER, 1);
        here.copied(PEER, 1);
      }
      there.sent(PEER, 1);
      here.heard(now, PEER, 1);
      here.reported(now, PEER, 1, there.report(now, PEER, 1));
    });
    assertEquals(0, here.status().getLast().lossIn(), 0.1);
  }

  /// The peer sends all the time, and of so many intervals link 1 brings nothing; then one report.
  private LinkStatus afterSilence(int intervals) {
    after(() -> {
      here.heard(now, PEER, 1);
      here.reported(now, PEER, 1, there.report(now, PEER, 1));
      there.sent(PEER, 1);
    });
    for (int i = 0; i < intervals; i++) {
      now = now.plus(here.interval());
      for (int sent = 0; sent < 10; sent++) {
        there.sent(PEER, 1);
      }
      there.heard(now, PEER, 1);
      here.heard(now, PEER, 0);
      here.reported(now, PEER, 0, there.report(now, PEER, 0));
      here.tick(now);
    }
    here.heard(now, PEER, 1);
    here.reported(now, PEER, 1, there.report(now, PEER, 1));
    here.tick(now);
    return here.status().getLast();
  }

  @Test
  void anOutageIsNoLossOfTheLinkThatComesBack() {
    var back = afterSilence(10);
    assertEquals(LinkState.UP, back.state());
    assertEquals(0, back.lossIn());
  }

  @Test
  void whatIsMissingWhileALinkIsUpIsLoss() {
    var state = afterSilence(4);
    assertEquals(LinkState.LOSSY, state.state());
    assertEquals(0.5, state.lossIn(), 0.1);
  }
}
