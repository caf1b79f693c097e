package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.core.NodeCore;
import dev.quorate.daemon.core.NodeEffect;
import dev.quorate.daemon.core.NodeEvent;
import dev.quorate.daemon.core.NodeSettings;
import dev.quorate.daemon.core.PostgresElections;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.time.MonotonicTime;
import dev.quorate.resource.ClusterState;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NodeDriverTest {
  private static final NodeId SELF = new NodeId("n1");

  @Test
  void anErrorInTheBrainStopsTheNode() throws Exception {
    CompletableFuture<String> failed = new CompletableFuture<>();
    MonotonicTime clock = new MonotonicTime();
    ClusterState state = ClusterState.initial("test");
    NodeCore core =
        new NodeCore(
            clock.instant(),
            SELF,
            new Incarnation("boot", 1),
            NodeSettings.defaults(List.of(SELF)),
            new PostgresElections(),
            state);
    try (NodeDriver driver = new NodeDriver(core, clock, new Breaking(failed))) {
      driver.start();
      driver.submit(new NodeEvent.StateApplied(state));
      assertTrue(failed.get(10, TimeUnit.SECONDS).contains("StackOverflowError"));
    }
  }

  private record Breaking(CompletableFuture<String> failure) implements NodeDriver.Performer {
    @Override
    public void perform(NodeEffect effect) {}

    @Override
    public void stateChanged(ClusterState state) {
      throw new StackOverflowError("deep");
    }

    @Override
    public void failed(String reason) {
      failure.complete(reason);
    }
  }
}
