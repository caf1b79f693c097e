package dev.quorate.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// What a program that has a [Voice] does when it is told to: `flood SIZE MILLIS`, `listen COUNT`
/// and `tell SIZE COUNT`. It answers with lines that begin with [#MARK].
final class Recital {
  /// What sets answers apart from the lines of a log.
  static final String MARK = "ring ";

  private static final int WARM_UP = 200;

  private final Voice voice;
  private final AtomicInteger heard = new AtomicInteger();

  Recital(Voice voice) {
    this.voice = voice;
  }

  /// Does what the words on the input say until it ends.
  void serve() throws IOException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (var line = input.readLine(); line != null; line = input.readLine()) {
      if (!obey(line.split(" ", -1))) {
        throw new IllegalArgumentException(line);
      }
    }
  }

  /// Does what a line says; false if it says something else.
  boolean obey(String... words) {
    switch (words[0]) {
      case "flood" -> flood(Integer.parseInt(words[1]), Long.parseLong(words[2]) * 1_000_000);
      case "listen" -> listen(Integer.parseInt(words[1]));
      case "tell" -> tell(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      default -> {
        return false;
      }
    }
    return true;
  }

  static synchronized void answer(String line) {
    System.out.println(MARK + line);
  }

  /// Says as much as is taken, and counts what is delivered here meanwhile.
  private void flood(int size, long nanos) {
    var payload = new byte[size];
    var before = voice.delivered();
    var said = 0L;
    var start = System.nanoTime();
    while (System.nanoTime() - start < nanos) {
      if (voice.say(payload)) {
        said++;
      } else {
        LockSupport.parkNanos(50_000);
      }
    }
    var delivered = voice.delivered() - before;
    var took = System.nanoTime() - start;
    var all = before + said;
    RingStation.await(() -> voice.delivered() >= all);
    answer("flood " + delivered + " " + took);
  }

  /// Notes how long messages of another node of this machine were under way. What is left of a
  /// flood, which its sender may have heard to the end before this node did, has no time in it.
  private void listen(int count) {
    var delays = new long[count];
    heard.set(0);
    voice.hear(payload -> {
      var saidAt = ByteBuffer.wrap(payload).getLong();
      if (saidAt == 0) {
        return;
      }
      var place = heard.getAndIncrement() - WARM_UP;
      if (place >= 0 && place < count) {
        delays[place] = (System.nanoTime() - saidAt) / 1_000;
      }
      if (place == count - 1) {
        Arrays.sort(delays);
        answer("listen " + delays[count / 2] + " " + delays[count * 99 / 100]);
      }
    });
    answer("ready");
  }

  /// A message each millisecond.
  private void tell(int size, int count) {
    for (int i = 0; i < count + WARM_UP; i++) {
      while (!voice.say(ByteBuffer.allocate(size).putLong(System.nanoTime()).array())) {
        LockSupport.parkNanos(50_000);
      }
      LockSupport.parkNanos(1_000_000);
    }
    answer("tell");
  }
}
