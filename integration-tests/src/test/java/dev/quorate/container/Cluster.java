package dev.quorate.container;

import com.github.dockerjava.api.exception.DockerException;
import dev.quorate.lab.LabException;
import dev.quorate.lab.Wait;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A PostgreSQL primary, its standbys and their address on booted machines, as one looks at them
/// from outside, whoever manages them.
interface Cluster {
  /// Where Debian has an instance's data.
  String DATA = "/var/lib/postgresql/15/main";

  private static String psql() {
    return "/usr/lib/postgresql/15/bin/psql";
  }

  /// All of them, running or not.
  List<Machine> machines();

  /// The device that fences them.
  PowerSwitch power();

  /// The address that clients use.
  String vip();

  /// Whether the stack itself says that all is well.
  boolean healthy();

  /// What one would look at first on a machine.
  List<String> looks();

  /// What that machine's instance answers to a question, or nothing.
  default Optional<String> ask(Machine machine, String question) {
    if (!machine.awake()) {
      return Optional.empty();
    }
    try {
      var answer =
          machine.run("runuser", "-u", "postgres", "--", psql(), "-XAtc", question, "postgres");
      return answer.getExitCode() == 0 ? Optional.of(answer.getStdout().strip()) : Optional.empty();
    } catch (DockerException e) {
      return Optional.empty(); // switched off while it was asked
    }
  }

  /// The machine whose instance takes writes.
  default Optional<Machine> primary() {
    return machines().stream()
        .filter(m -> ask(m, "select pg_is_in_recovery()").equals(Optional.of("f")))
        .findFirst();
  }

  /// The machine whose instance takes writes, which there must be.
  default Machine thePrimary() {
    return primary().orElseThrow(() -> new AssertionError("no instance takes writes"));
  }

  /// The machines whose instances take no writes.
  default List<Machine> standbys() {
    Machine primary = thePrimary();
    return machines().stream().filter(m -> m != primary).toList();
  }

  /// How many standbys stream from the primary.
  default int streaming() {
    return primary()
        .flatMap(m -> ask(m, "select count(*) from pg_stat_replication where state = 'streaming'"))
        .map(Integer::parseInt)
        .orElse(0);
  }

  /// Waits until a primary takes writes, every other machine's instance streams from it, and the
  /// address is where the primary is.
  default void awaitWhole(Duration patience) {
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

  private boolean holdsAddress() {
    return primary().map(m -> m.shell("ip -4 addr show").contains(vip() + "/")).orElse(false);
  }

  /// Prints what one would look at first.
  default void show() {
    for (Machine machine : machines()) {
      if (machine.awake()) {
        for (String look : looks()) {
          System.out.println(machine.name() + "# " + look);
          System.out.println(machine.run("sh", "-c", look).getStdout());
        }
      }
    }
  }
}
