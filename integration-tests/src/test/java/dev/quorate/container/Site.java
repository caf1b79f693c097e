package dev.quorate.container;

import dev.quorate.lab.LabException;
import dev.quorate.lab.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A cluster on booted machines, as one looks at it from outside.
final class Site {
  private static final String BIN = "/usr/lib/postgresql/15/bin/";
  private static final String DATA = "/var/lib/postgresql/15/main";

  private final Rack rack;

  Site(Rack rack) {
    this.rack = rack;
  }

  List<Machine> machines() {
    return rack.machines();
  }

  /// The address that clients use.
  static String vip() {
    return Rack.address(100);
  }

  /// What that machine's instance answers to a question, or nothing.
  Optional<String> ask(Machine machine, String question) {
    if (!machine.running()) {
      return Optional.empty();
    }
    var answer =
        machine.run("runuser", "-u", "postgres", "--", BIN + "psql", "-XAtc", question, "postgres");
    return answer.getExitCode() == 0 ? Optional.of(answer.getStdout().strip()) : Optional.empty();
  }

  /// The machine whose instance takes writes.
  Optional<Machine> primary() {
    return machines().stream()
        .filter(m -> ask(m, "select pg_is_in_recovery()").equals(Optional.of("f")))
        .findFirst();
  }

  /// How many standbys stream from the primary.
  int streaming() {
    return primary()
        .flatMap(m -> ask(m, "select count(*) from pg_stat_replication where state = 'streaming'"))
        .map(Integer::parseInt)
        .orElse(0);
  }

  /// Waits until a primary takes writes, every other machine's instance streams from it, and the
  /// address is where the primary is.
  void awaitWhole(Duration patience) {
    try {
      Wait.until(
          "a primary, its address and %d standbys".formatted(machines().size() - 1),
          patience,
          () -> streaming() == machines().size() - 1 && holdsAddress() && healthy());
    } catch (LabException e) {
      show();
      throw e;
    }
  }

  /// Prints what one would look at first.
  void show() {
    machines().stream().filter(Machine::running).forEach(Site::show);
  }

  private static void show(Machine machine) {
    for (String look :
        List.of(
            "hactl status --full",
            "journalctl --unit=quorate --no-pager --output=cat | tail -n 120",
            "tail -n 20 /var/log/postgresql/*.log " + DATA + "/log/* 2>/dev/null")) {
      System.out.println(machine.name() + "# " + look);
      System.out.println(machine.run("sh", "-c", look).getStdout());
    }
  }

  private boolean healthy() {
    return machines().stream()
        .allMatch(m -> m.run("hactl", "status").getStdout().contains("Health: OK"));
  }

  private boolean holdsAddress() {
    return primary().map(m -> m.shell("ip -4 addr show").contains(vip() + "/")).orElse(false);
  }

  /// Every process of PostgreSQL's server on every machine, to see that none was restarted.
  String postmasters() {
    StringBuilder text = new StringBuilder();
    for (Machine machine : machines()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s %s%n",
              machine.name(),
              machine.shell("head -n 1 %s/postmaster.pid || true".formatted(DATA)).strip()));
    }
    return text.toString();
  }
}
