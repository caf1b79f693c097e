package dev.quorate.container;

import com.github.dockerjava.api.exception.DockerException;
import dev.quorate.lab.LabException;
import dev.quorate.lab.Wait;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A cluster on booted machines, as one looks at it from outside.
final class Site implements AutoCloseable {
  private static final String BIN = "/usr/lib/postgresql/15/bin/";
  private static final String DATA = "/var/lib/postgresql/15/main";

  private final Rack rack;

  Site(Rack rack) {
    this.rack = rack;
  }

  /// Types a page that lies beside the tests.
  ///
  /// @param agent the fence agent that the page uses; it reaches the rack's power switch
  void type(String page, String agent) throws IOException {
    for (Machine machine : machines()) {
      power().standInFor(machine, agent);
    }
    new Walkthrough(this).followOwn(page);
    awaitWhole(Duration.ofMinutes(2));
  }

  /// By its number, from 1.
  Machine machine(int number) {
    return rack.machine(number);
  }

  PowerSwitch power() {
    return rack.power();
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
    if (!machine.awake()) {
      return Optional.empty();
    }
    try {
      var answer =
          machine.run(
              "runuser", "-u", "postgres", "--", BIN + "psql", "-XAtc", question, "postgres");
      return answer.getExitCode() == 0 ? Optional.of(answer.getStdout().strip()) : Optional.empty();
    } catch (DockerException e) {
      return Optional.empty(); // switched off while it was asked
    }
  }

  /// The machine whose instance takes writes.
  Optional<Machine> primary() {
    return machines().stream()
        .filter(m -> ask(m, "select pg_is_in_recovery()").equals(Optional.of("f")))
        .findFirst();
  }

  /// The machine whose instance takes writes, which there must be.
  Machine thePrimary() {
    return primary().orElseThrow(() -> new AssertionError("no instance takes writes"));
  }

  /// The machines whose instances take no writes.
  List<Machine> standbys() {
    Machine primary = thePrimary();
    return machines().stream().filter(m -> m != primary).toList();
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
    machines().stream().filter(Machine::awake).forEach(Site::show);
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
        .allMatch(m -> m.awake() && m.run("hactl", "status").getStdout().contains("Health: OK"));
  }

  private boolean holdsAddress() {
    return primary().map(m -> m.shell("ip -4 addr show").contains(vip() + "/")).orElse(false);
  }

  /// Since when PostgreSQL's server runs on every machine, to see that none was restarted.
  List<Optional<String>> postmasters() {
    return machines().stream().map(m -> ask(m, "select pg_postmaster_start_time()")).toList();
  }

  /// Takes every machine away.
  @Override
  public void close() {
    rack.close();
  }
}
