package dev.quorate.daemon.core;

import dev.quorate.resource.ClusterState;
import dev.quorate.resource.core.scheduling.PlacementScheduler;
import java.time.Duration;
import java.util.List;

/// A follower's plans, on which nobody acts: the first plans of a cold machine take half a second,
/// and the first one that counts comes when the leader has just died. They are made in calm moments
/// alone, for whoever plans cannot do at once what the leader has just ordered.
final class PlanRehearsal {
  /// How many there are in the life of a daemon.
  static final int REHEARSALS = 40;

  /// For how long nothing may have happened.
  static final Duration CALM = Duration.ofMillis(500);

  /// From one to the next.
  static final Duration PAUSE = Duration.ofMillis(50);

  private static final NodeTimer TIMER = new NodeTimer(NodeTimer.Purpose.REHEARSAL, "");

  private int made;

  /// Something has happened: waits for the next calm. A leader's own plans are enough for it.
  List<NodeEffect> stateApplied(boolean leading) {
    return leading ? List.of() : again(CALM);
  }

  /// It has been calm: plans once, unless it leads by now, or something that was ordered goes on.
  List<NodeEffect> calm(ClusterState state, boolean leading) {
    if (leading || state.configuration().resources().isEmpty()) {
      return List.of();
    }
    if (!state.intents().isEmpty()) {
      return again(CALM);
    }
    made++;
    PlacementScheduler.plan(state, true);
    return again(PAUSE);
  }

  private List<NodeEffect> again(Duration delay) {
    return made < REHEARSALS ? List.of(new NodeEffect.SetTimer(TIMER, delay)) : List.of();
  }
}
