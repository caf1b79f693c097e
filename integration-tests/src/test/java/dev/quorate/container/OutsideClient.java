package dev.quorate.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.lab.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A machine beside a cluster that belongs to none. It has the package, and `hactl pg drill` writes
/// there through the address, into a database of its own, and counts.
final class OutsideClient implements AutoCloseable {
  private static final int ADDRESS = 150;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern GAP =
      Pattern.compile("nobody could write for (\\d+) ms at most, from \\+([0-9.]+) s on");

  private final Rack rack;
  private final String vip;
  private Duration lasting = Duration.ZERO;

  private OutsideClient(Rack rack, String vip) {
    this.rack = rack;
    this.vip = vip;
  }

  /// Boots it, and makes the database.
  ///
  /// @param rack that of the cluster's machines
  static OutsideClient beside(Rack rack, Cluster cluster) {
    try {
      Rack own = rack.beside(NodeImage.installed(), ADDRESS, "outside");
      assertTrue(cluster.ask(cluster.thePrimary(), "create database outside").isPresent());
      return new OutsideClient(own, cluster.vip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Machine machine() {
    return rack.machine(1);
  }

  /// Lets two clients write for a while.
  void begin(Duration time) {
    lasting = time;
    machine()
        .shell(
            """
            cat > /usr/local/bin/drill <<'END'
            #!/bin/sh
            hactl pg drill %s database=outside writers=2 pace=50ms for=%ds --force > /tmp/told 2>&1
            echo $? > /tmp/ended
            END
            chmod 755 /usr/local/bin/drill
            rm -f /tmp/told /tmp/ended
            systemd-run --quiet --collect --unit=drill /usr/local/bin/drill
            """
                .formatted(vip, time.toSeconds()));
  }

  /// Waits for its verdict, which must be that everything is there, and that it could write in the
  /// end.
  ///
  /// @return for how long it could not
  Duration end() {
    Wait.until(
        "the client to have counted",
        lasting.plus(PATIENCE),
        () -> machine().run("test", "-s", "/tmp/ended").getExitCode() == 0);
    String told = machine().shell("cat /tmp/told");
    told.lines().forEach(line -> System.out.println("  outside: " + line));
    assertEquals("0", machine().shell("cat /tmp/ended").strip(), told);
    assertTrue(
        told.contains("of them lost 0, there against the server's word 0, out of order 0"), told);
    Matcher gap = GAP.matcher(told);
    assertTrue(gap.find(), told);
    Duration longest = Duration.ofMillis(Long.parseLong(gap.group(1)));
    Duration from = Duration.ofMillis(Math.round(Double.parseDouble(gap.group(2)) * 1000));
    assertTrue(from.plus(longest).plusSeconds(1).compareTo(lasting) < 0, "it wrote again: " + told);
    return longest;
  }

  /// Takes the machine away.
  @Override
  public void close() {
    rack.remove();
  }
}
