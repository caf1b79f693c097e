package dev.quorate.daemon;

import dev.quorate.daemon.core.NodeEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps events until there is somebody to take them: ring and log speak before the brain exists.
final class EventSink implements Consumer<NodeEvent> {
  private final List<NodeEvent> early = new ArrayList<>();
  private volatile @Nullable NodeDriver driver;

  @Override
  public void accept(NodeEvent event) {
    NodeDriver taker = driver;
    if (taker == null) {
      synchronized (early) {
        taker = driver;
        if (taker == null) {
          early.add(event);
          return;
        }
      }
    }
    taker.submit(event);
  }

  void connect(NodeDriver taker) {
    synchronized (early) {
      early.forEach(taker::submit);
      early.clear();
      driver = taker;
    }
  }
}
