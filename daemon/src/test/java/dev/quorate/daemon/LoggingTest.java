package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import dev.quorate.daemon.config.LogTarget;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LoggingTest {
  @TempDir private Path directory;

  private static void log(LogTarget target, int port, String line) {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    Logging.send(context, target, port);
    context.getLogger("dev.quorate.Test").atWarn().addKeyValue("node", "n1").log(line);
    context.stop();
  }

  @Test
  @Tag("S4-25")
  void theLogGoesIntoAFileThatWasChosen() throws IOException {
    Path file = directory.resolve("quorated.log");
    for (String line : new String[] {"one", "two"}) {
      log(LogTarget.parse(file.toString()).orElseThrow(), 514, line);
    }
    String text = Files.readString(file);
    assertTrue(text.contains("WARN  Test: one node=\"n1\""), text);
    assertTrue(text.contains("two"), "after what was there");
  }

  @Test
  @Tag("S4-25")
  void theLogGoesToTheFacilityOfSyslogThatWasChosen() throws IOException {
    try (DatagramSocket syslog = new DatagramSocket(0, InetAddress.getByName("localhost"))) {
      syslog.setSoTimeout(10_000);
      log(LogTarget.parse("syslog:local0").orElseThrow(), syslog.getLocalPort(), "a link is down");
      DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
      syslog.receive(packet);
      String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
      assertTrue(text.startsWith("<132>"), "local0, warning: " + text);
      assertTrue(text.contains("quorated: Test: a link is down node=\"n1\""), text);
    }
  }

  /// A place that takes nothing until it is told to.
  private static final class Hanging extends AppenderBase<ILoggingEvent> {
    private final CountDownLatch thawed = new CountDownLatch(1);
    private final AtomicInteger lines = new AtomicInteger();

    @Override
    protected void append(ILoggingEvent event) {
      try {
        thawed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      lines.incrementAndGet();
    }
  }

  @Test
  @Timeout(20)
  void nobodyWaitsForAPlaceThatTakesNothing() {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    Hanging place = new Hanging();
    place.setContext(context);
    place.start();
    Logger logger = context.getLogger("dev.quorate.Test");
    logger.addAppender(Logging.unwaited(context, place));
    for (int i = 0; i < 20_000; i++) {
      logger.error("line {}", i);
    }
    place.thawed.countDown();
    context.stop();
    assertTrue(place.lines.get() >= 1_000, "what was kept is written then: " + place.lines);
  }

  @Test
  void whatIsNoPlaceForALogIsRefused() {
    assertEquals(Optional.of(new LogTarget.Standard()), LogTarget.parse("journal"));
    for (String bad : new String[] {"", "syslog", "syslog:", "syslog:mail9", "local0", "log/x"}) {
      assertEquals(Optional.empty(), LogTarget.parse(bad), bad);
    }
    LogTarget missing = new LogTarget.Into(Path.of("/proc/nothing/here/quorated.log"));
    StartFailure refused = assertThrows(StartFailure.class, () -> log(missing, 514, "x"));
    assertTrue(String.valueOf(refused.getMessage()).contains("'log.target'"), refused::getMessage);
  }
}
