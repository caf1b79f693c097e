package dev.quorate.benchmark;

import dev.quorate.daemon.linux.Timeliness;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingAddress;
import dev.quorate.membership.RingPeer;
import dev.quorate.membership.netty.RingCounters.Count;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.locks.LockSupport;

/// One ring process of a [RingProcess]: as prompt as the daemon makes itself, and nothing else.
/// Takes words on its input and answers as a [Recital] does; ends with its input.
final class RingProgram {
  private static final long NAP_NANOS = 5_000_000;

  private final RingStation station;
  private final Timeliness timeliness;
  private final LongAccumulator worstNap = new LongAccumulator(Math::max, 0);
  private long viewsBefore;

  private RingProgram(RingStation station, Timeliness timeliness) {
    this.station = station;
    this.timeliness = timeliness;
  }

  /// Runs it: a directory, the name of this node, and every node as `NAME=HOST:PORT`.
  public static void main(String[] words) throws IOException {
    var timeliness = new Timeliness();
    timeliness.start(true, true);
    var peers = new ArrayList<RingPeer>();
    for (var word : List.of(words).subList(2, words.length)) {
      var parts = word.split("=", 2);
      var place = parts[1].split(":", 2);
      var address = new RingAddress(place[0], Integer.parseInt(place[1]));
      peers.add(RingPeer.of(new NodeId(parts[0]), address));
    }
    var self = peers.stream().filter(p -> p.node().name().equals(words[1])).findFirst();
    var station = new RingStation(self.orElseThrow(), peers, Path.of(words[0]));
    new RingProgram(station, timeliness).serve();
    System.exit(0);
  }

  private void serve() throws IOException {
    Thread.ofPlatform().daemon().name("naps").start(this::nap);
    station.watch(() -> say("view " + station.members() + " " + station.viewAt()));
    say("view " + station.members() + " " + station.viewAt());
    var recital = new Recital(station);
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (var word = input.readLine(); word != null; word = input.readLine()) {
      switch (word) {
        case "silent" -> {
          say("silent " + System.nanoTime());
          station.speak(false);
        }
        case "speak" -> station.speak(true);
        case "begin" -> {
          worstNap.reset();
          viewsBefore = station.views.get();
          say("begun");
        }
        case "report" -> say("report " + report());
        default -> {
          if (!recital.obey(word.split(" ", -1))) {
            throw new IllegalArgumentException(word);
          }
        }
      }
    }
  }

  /// In the order of [RingProcess.Report].
  private String report() {
    var counters = station.counters();
    return "%d %d %d %d %d %s %s"
        .formatted(
            station.views.get() - viewsBefore,
            counters.get(Count.TOKENS_LOST),
            counters.get(Count.PAUSES),
            worstNap.get(),
            counters.longestRotation().toNanos(),
            timeliness.realTime(),
            timeliness.memory());
  }

  /// Sleeps again and again, and sees by how much too long.
  private void nap() {
    while (true) {
      var start = System.nanoTime();
      LockSupport.parkNanos(NAP_NANOS);
      worstNap.accumulate(System.nanoTime() - start - NAP_NANOS);
    }
  }

  private static void say(String line) {
    Recital.answer(line);
  }
}
