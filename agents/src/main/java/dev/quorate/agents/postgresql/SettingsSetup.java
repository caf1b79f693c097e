package dev.quorate.agents.postgresql;

import dev.quorate.agents.Finding;
import dev.quorate.agents.Setup;
import dev.quorate.agents.core.postgresql.setup.ManagedText;
import dev.quorate.agents.core.postgresql.setup.SettingPlaces;
import dev.quorate.agents.core.postgresql.setup.SetupRules;
import dev.quorate.agents.jdbc.ProbeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the settings that the doctor misses into the file that the cluster keeps anyway, below
/// its own. The administrator's files stay as they are.
final class SettingsSetup {
  private static final Logger LOG = LoggerFactory.getLogger(SettingsSetup.class);
  private static final Duration QUESTION = Duration.ofSeconds(5);
  private static final Duration BUSY = Duration.ofSeconds(5);
  private static final Duration TAKEN_IN = Duration.ofSeconds(5);

  private final LocalPostgres local;
  private final Path file;

  SettingsSetup(LocalPostgres local) {
    this.local = local;
    this.file = local.parameters.dataDirectory().resolve(ManagedConfig.FILE);
  }

  /// Looks, and writes if it shall.
  ///
  /// @return what is left to be done
  Setup run(boolean write) {
    try {
      Setup found = look();
      return write && found.writes() && found.problem().isEmpty() ? write(found) : found;
    } catch (PostgresException | ProbeException e) {
      return Setup.nothing(file.toString())
          .hindered(String.valueOf(e.getMessage()), "see 'hactl pg doctor'");
    }
  }

  private Setup look() {
    Setup nothing = Setup.nothing(file.toString());
    if (local.returning) {
      return nothing.hindered(
          "it is being brought back " + local.condition, "type it again when it is back");
    }
    if (!local.instance.hasData()) {
      return Setup.bare(file.toString());
    }
    if (local.instance.postmaster().isEmpty()) {
      return nothing.hindered(
          "PostgreSQL does not run, so that its settings cannot be judged",
          "type it again when it runs; see 'hactl pg status'");
    }
    if (!local.started) {
      return nothing.hindered(
          "PostgreSQL runs there without the cluster", "see 'hactl status' for why");
    }
    List<Finding> findings = new Examination(local).findings();
    SettingPlaces places = local.probe.places(QUESTION);
    ManagedText kept = local.instance.managed();
    Setup found =
        new Setup(
            file.toString(),
            SetupRules.amendments(findings, places, kept, ManagedConfig.FILE),
            false,
            "",
            "");
    return obstacle(found, kept);
  }

  private Setup obstacle(Setup found, ManagedText kept) {
    Path main = local.parameters.configDirectory().resolve("postgresql.conf");
    if (Files.notExists(main)) {
      return found.hindered(
          "there is no " + main + " that could include " + file,
          "correct the parameter 'pgdata' of the resource");
    }
    return kept.foreign().isEmpty()
        ? found
        : found.hindered(
            "%s has lines that are not the cluster's, and would be lost (%s)"
                .formatted(file, String.join("; ", kept.foreign())),
            "move them to %s, above its line 'include_if_exists', and take them out there"
                .formatted(main));
  }

  private Setup write(Setup found) {
    try {
      if (!local.lock.tryLock(BUSY.toNanos(), TimeUnit.NANOSECONDS)) {
        return found.hindered(
            "another operation is under way there", "type it again when it is over");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return found.hindered("interrupted", "type it again");
    }
    SortedMap<String, String> added;
    try {
      Setup now = look();
      if (!now.problem().isEmpty() || !now.writes()) {
        return now;
      }
      added = SetupRules.added(local.instance.managed(), now.amendments());
      local.amend(added);
    } catch (IOException e) {
      return found.hindered(
          "the settings cannot be written: " + e, "put it right, and type it again");
    } finally {
      local.lock.unlock();
    }
    LOG.atInfo()
        .addKeyValue("resource", local.context.resource().id())
        .addKeyValue("file", file)
        .addKeyValue("change", added)
        .log("settings were written for the administrator");
    return takenIn();
  }

  /// What a reload is enough for is soon in force, unless the server cannot read its files.
  private Setup takenIn() {
    long end = System.nanoTime() + TAKEN_IN.toNanos();
    Setup left = look();
    while (System.nanoTime() < end
        && left.amendments().stream().anyMatch(a -> !a.restart() && a.place().isEmpty())) {
      LockSupport.parkNanos(50_000_000);
      left = look();
    }
    return left;
  }
}
