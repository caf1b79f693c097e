package dev.quorate.container;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// What each machine's own kernel shows, five times a second: which of some addresses it has, and
/// whether anything listens where PostgreSQL does. The machines' clocks are one.
final class KernelWatch implements AutoCloseable {
  private static final String SERVER = "server";

  /// The port is 5432, the state that of who listens.
  private static String watch(List<String> addresses) {
    return """
    exec {never}<> <(:)
    while :; do
      mapfile -t routes < /proc/net/fib_trie
      mapfile -t sockets < /proc/net/tcp
      now=${EPOCHREALTIME%%???}
      for address in %1$s; do
        case "${routes[*]}" in *" $address "*) echo "$address $now" ;; esac
      done
      case "${sockets[*]}" in *":1538 00000000:0000 0A "*) echo "%2$s $now" ;; esac
      read -r -t 0.2 -u $never
    done\
    """
        .formatted(String.join(" ", addresses), SERVER);
  }

  private final List<Machine> machines;
  private final List<String> addresses;
  private final Recorder recorder;
  private Instant fault = Instant.EPOCH;

  /// What a machine had at a moment.
  ///
  /// @param what an address, or [#SERVER]
  /// @param after the fault
  private record Sighting(String machine, String what, Duration after) {}

  KernelWatch(List<Machine> machines, List<String> addresses) {
    this.machines = List.copyOf(machines);
    this.addresses = List.copyOf(addresses);
    this.recorder = new Recorder("kernel-watch", machines, watch(addresses));
  }

  /// Begins on every machine, and anew with each boot.
  void start() {
    recorder.start();
  }

  /// Times count from then on.
  void strike(Instant now) {
    fault = now;
  }

  /// When a machine had an address last.
  Duration lastWith(String address, Machine machine) {
    return last(machine, address);
  }

  /// When anything listened last where PostgreSQL does.
  Duration lastWithServer(Machine machine) {
    return last(machine, SERVER);
  }

  private Duration last(Machine machine, String what) {
    return sightings(machine).stream()
        .filter(seen -> seen.what().equals(what))
        .map(Sighting::after)
        .max(Comparator.naturalOrder())
        .orElseThrow(() -> new AssertionError(machine.name() + " was never seen with " + what));
  }

  private List<Sighting> sightings(Machine machine) {
    List<Sighting> sightings = new ArrayList<>();
    for (String[] words : recorder.said(machine)) {
      if (words.length == 2) {
        long at = Math.round(Double.parseDouble(words[1]) * 1000);
        sightings.add(
            new Sighting(machine.name(), words[0], Duration.ofMillis(at - fault.toEpochMilli())));
      }
    }
    return sightings;
  }

  /// What must not have been seen: an address on two machines at a time.
  List<String> violations() {
    List<Sighting> all = machines.stream().flatMap(m -> sightings(m).stream()).toList();
    List<String> wrong = new ArrayList<>();
    for (String address : addresses) {
      List<String> holders = holders(all, address);
      if (holders.isEmpty()) {
        wrong.add(address + " was never seen: the watch does not work");
      } else if (holders.stream().distinct().count() < holders.size()) {
        wrong.add(address + " was at the same time on two of " + holders);
      }
    }
    return wrong;
  }

  /// One after the other. Whoever was seen with an address, then another one, then the first again,
  /// held it together with that one: within one fault it does not come back.
  private static List<String> holders(List<Sighting> sightings, String address) {
    List<String> runs = new ArrayList<>();
    for (Sighting seen :
        sightings.stream().sorted(Comparator.comparing(Sighting::after)).toList()) {
      boolean another = runs.isEmpty() || !runs.getLast().equals(seen.machine());
      if (seen.what().equals(address) && another) {
        runs.add(seen.machine());
      }
    }
    return runs;
  }

  /// Ends on every machine.
  @Override
  public void close() {
    recorder.close();
  }
}
