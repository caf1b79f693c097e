package dev.quorate.container;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A cluster that Quorate manages.
final class Site implements Cluster, AutoCloseable {
  private final Rack rack;
  private @Nullable OutsideClient outside;

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

  /// A client on a machine of its own, booted when it is first asked for.
  OutsideClient outside() {
    if (outside == null) {
      outside = OutsideClient.beside(rack, this);
    }
    return outside;
  }

  /// By its number, from 1.
  Machine machine(int number) {
    return rack.machine(number);
  }

  @Override
  public PowerSwitch power() {
    return rack.power();
  }

  @Override
  public List<Machine> machines() {
    return rack.machines();
  }

  @Override
  public String vip() {
    return Rack.address(100);
  }

  @Override
  public boolean healthy() {
    return machines().stream()
        .allMatch(m -> m.awake() && m.run("hactl", "status").getStdout().contains("Health: OK"));
  }

  @Override
  public List<String> looks() {
    return List.of(
        "hactl status --full",
        "journalctl --unit=quorate --no-pager --output=cat | tail -n 120",
        "tail -n 20 /var/log/postgresql/*.log " + DATA + "/log/* 2>/dev/null");
  }

  /// Since when PostgreSQL's server runs on every machine, to see that none was restarted.
  List<Optional<String>> postmasters() {
    return machines().stream().map(m -> ask(m, "select pg_postmaster_start_time()")).toList();
  }

  /// Takes every machine away, that of the client too.
  @Override
  public void close() {
    if (outside != null) {
      outside.close();
    }
    rack.close();
  }

  /// Lets the clients of trials in, where a page said who may connect.
  void letClientsIn() {
    String clients = "host all postgres " + Rack.NET + "0/24 trust";
    machines()
        .forEach(m -> m.shell("echo '" + clients + "' >> /etc/postgresql/15/main/pg_hba.conf"));
    thePrimary().must("hactl", "pg", "reload", "--wait");
  }
}
