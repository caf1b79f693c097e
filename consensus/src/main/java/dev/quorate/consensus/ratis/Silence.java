package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ConsensusConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What goes on after a log fell silent. Connections to a peer that is gone take seconds to close,
/// and whoever is to go on alone need not wait for that.
///
/// @param written completes when the log's files hold everything that it acknowledged, and its port
///   is free for a log of another epoch
/// @param gone completes when nothing of it is left: only then the same log can be opened again
public record Silence(CompletableFuture<Void> written, CompletableFuture<Void> gone) {
  private static final Logger LOG = LoggerFactory.getLogger(Silence.class);
  private static final Duration PATIENCE = Duration.ofSeconds(8);
  private static final Duration PAUSE = Duration.ofMillis(5);

  /// There was no log.
  public static final Silence OF_NOTHING =
      new Silence(CompletableFuture.completedFuture(null), CompletableFuture.completedFuture(null));

  /// One part of closing a log.
  interface Closing {
    void close() throws IOException;
  }

  /// Begins to close.
  ///
  /// @param rpc what peers connect to, and what this node connects with
  /// @param division what votes and writes
  /// @param rest what is to be closed after both
  static Silence begin(
      Closing rpc, Closing division, Closing rest, ConsensusConfig.Endpoint endpoint) {
    CompletableFuture<Void> deaf = aside("quorate-log-deaf", rpc);
    CompletableFuture<Void> shut = aside("quorate-log-shut", division);
    return new Silence(
        shut.thenCompose(_ -> aside("quorate-log-port", () -> awaitPort(endpoint))),
        CompletableFuture.allOf(deaf, shut).thenCompose(_ -> aside("quorate-log-close", rest)));
  }

  /// Closes, and waits for that as long as it can be of use. Ratis would wait for a day, for
  /// threads of its own: whoever stops is not to be held up by them, and whoever opens the log
  /// again is told that its port is taken.
  static void await(Closing closing, Duration patience) {
    Thread thread = thread("quorate-log-close", closing, () -> {});
    try {
      if (!thread.join(patience)) {
        LOG.atWarn()
            .addKeyValue("stack", Arrays.toString(thread.getStackTrace()))
            .log("the log does not close, and is left behind");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static CompletableFuture<Void> aside(String name, Closing closing) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    var _ = thread(name, closing, () -> done.complete(null));
    return done;
  }

  private static Thread thread(String name, Closing closing, Runnable done) {
    return Thread.ofPlatform()
        .daemon()
        .name(name)
        .start(() -> {
          try {
            closing.close();
          } catch (IOException e) {
            LOG.atWarn().addKeyValue("reason", e.getMessage()).log("log not closed cleanly");
          } finally {
            done.run();
          }
        });
  }

  private static void awaitPort(ConsensusConfig.Endpoint endpoint) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try (ServerSocket probe = new ServerSocket()) {
        probe.bind(new InetSocketAddress(InetAddress.getByName(endpoint.host()), endpoint.port()));
        return;
      } catch (IOException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }
}
