package dev.quorate.daemon;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.net.SyslogAppender;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import dev.quorate.daemon.config.LogTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// Lets the log go where the configuration says.
///
/// Invariants:
/// - Nobody waits for that place: where its disk hangs, or who reads it, lines are kept for a while
///   and then lost. A node whose disk hangs has to leave, and says so meanwhile.
final class Logging {
  /// So many lines are kept for a place that takes none.
  private static final int KEPT = 10_000;

  /// For so long the end of the process waits for them.
  private static final int LAST_MILLIS = 500;

  /// Time, name and severity are syslog's.
  private static final String SYSLOG_LINE = "quorated: %logger{0}: %msg %kvp{DOUBLE} %ex{8}";

  /// Linked before it is needed, which may be while the disk hangs.
  private static final Runnable LAST_LINES = Logging::writeLastLines;

  private static final int SYSLOG_PORT = 514;

  private Logging() {}

  /// Begins to log.
  ///
  /// @throws StartFailure if the target cannot be written
  static void start(String level, LogTarget target) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger("dev.quorate").setLevel(Level.toLevel(level));
      send(context, target, SYSLOG_PORT);
    }
  }

  /// Sends what is logged to the target and nowhere else.
  ///
  /// @param port of the syslog of this machine
  static void send(LoggerContext context, LogTarget target, int port) {
    Optional<Appender<ILoggingEvent>> appender =
        switch (target) {
          case LogTarget.Standard() -> Optional.empty();
          case LogTarget.Syslog(var facility) -> Optional.of(syslog(context, facility, port));
          case LogTarget.Into into -> Optional.of(file(context, into));
        };
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    appender.ifPresent(a -> {
      a.setContext(context);
      a.start();
      if (!a.isStarted()) {
        throw new StartFailure(
            StartFailure.UNAVAILABLE,
            "the log cannot go to %s: make it a file that user %s may write, or set 'log.target'"
                .formatted(target, System.getProperty("user.name")));
      }
      root.detachAndStopAllAppenders();
      root.addAppender(a);
    });
    List<Appender<ILoggingEvent>> places = new ArrayList<>();
    root.iteratorForAppenders().forEachRemaining(places::add);
    for (Appender<ILoggingEvent> place : places) {
      root.detachAppender(place);
      root.addAppender(unwaited(context, place));
    }
  }

  /// Takes lines at once and passes them on.
  static AsyncAppender unwaited(LoggerContext context, Appender<ILoggingEvent> place) {
    AsyncAppender appender = new AsyncAppender();
    appender.setContext(context);
    appender.setNeverBlock(true);
    appender.setQueueSize(KEPT);
    appender.setDiscardingThreshold(0);
    appender.setMaxFlushTime(LAST_MILLIS);
    appender.addAppender(place);
    appender.start();
    return appender;
  }

  /// Ends this process, after it has had everything written that was logged, if that is possible
  /// soon. Whatever goes wrong with that, or takes long, does not keep it from ending.
  static void halt(int exit) {
    try {
      Thread last = new Thread(LAST_LINES, "last-lines");
      last.setDaemon(true);
      last.start();
      last.join(LAST_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      Runtime.getRuntime().halt(exit);
    }
  }

  private static void writeLastLines() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context
          .getLogger(Logger.ROOT_LOGGER_NAME)
          .iteratorForAppenders()
          .forEachRemaining(Appender::stop);
    }
  }

  private static Appender<ILoggingEvent> file(LoggerContext context, LogTarget.Into into) {
    LogLine encoder = new LogLine();
    encoder.setContext(context);
    encoder.start();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setFile(into.file().toString());
    appender.setEncoder(encoder);
    return appender;
  }

  private static Appender<ILoggingEvent> syslog(LoggerContext context, String facility, int port) {
    SyslogAppender appender = new SyslogAppender();
    appender.setContext(context);
    appender.setSyslogHost("localhost");
    appender.setPort(port);
    appender.setFacility(facility);
    appender.setSuffixPattern(SYSLOG_LINE);
    appender.setThrowableExcluded(true);
    return appender;
  }
}
