package dev.quorate.benchmark;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.ConsensusConfig.Endpoint;
import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogEvent;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ProposalOutcome;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.consensus.ratis.RatisReplicatedLog;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.consensus.tls.TlsMaterial;
import dev.quorate.daemon.linux.Timeliness;
import dev.quorate.membership.NodeId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// One log process of a [LogProcess]: as prompt as the daemon makes itself, and nothing else. It
/// says what happens to its log in lines that begin with [#MARK], obeys `stream` and `commit
/// MILLIS`, and ends with its input.
final class LogProgram implements ReplicatedStateMachine {
  /// What sets its words apart from the lines of a log.
  static final String MARK = "log ";

  private static final int COMMAND = 200;
  private static final int BLOCK = 4096;
  private static final long PERIOD_NANOS = 100_000_000;
  private static final long WARM_UP_NANOS = 2_000_000_000;

  private final NodeId self;
  private final Path directory;
  private final long run = System.currentTimeMillis();
  private final AtomicLong number = new AtomicLong();
  private long term;

  private LogProgram(NodeId self, Path directory) {
    this.self = self;
    this.directory = directory;
  }

  /// Runs it: a directory, the name of this node, and every node as `NAME=HOST:PORT`.
  public static void main(String[] words) throws IOException {
    new Timeliness().start(true, true);
    var voters = new TreeMap<NodeId, Endpoint>();
    for (var word : List.of(words).subList(2, words.length)) {
      var parts = word.split("[=:]", 3);
      voters.put(new NodeId(parts[0]), new Endpoint(parts[1], Integer.parseInt(parts[2])));
    }
    var self = new NodeId(words[1]);
    var home = Path.of(words[0], words[1]);
    var keys =
        TlsMaterial.load(
            home.resolve("authority"), home.resolve("certificate"), home.resolve("key"));
    var config = ConsensusConfig.of("bench", self, voters, home.resolve("log"), new LiveTls(keys));
    var program = new LogProgram(self, home);
    var log = RatisReplicatedLog.start(config, program, LogProgram::happened);
    say("opened " + System.nanoTime());
    program.serve(log);
    System.exit(0);
  }

  private void serve(ReplicatedLog log) throws IOException {
    var input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (var line = input.readLine(); line != null; line = input.readLine()) {
      var words = line.split(" ", -1);
      switch (words[0]) {
        case "stream" -> Thread.ofPlatform().daemon().name("stream").start(() -> stream(log));
        case "commit" -> say("commit " + commits(log, Long.parseLong(words[1]) * 1_000_000));
        default -> throw new IllegalArgumentException(line);
      }
    }
  }

  private static void happened(LogEvent event) {
    if (event instanceof LogEvent.LeadershipChanged(var leadership)) {
      var now = System.nanoTime();
      switch (leadership) {
        case Leadership.Leader(var term) -> say("leads " + term + " " + now);
        case Leadership.Follower(var term, var leader) ->
            say("follows " + term + " " + now + " " + leader);
        case Leadership.Leaderless(var term) -> say("leaderless " + term);
      }
    }
  }

  private static synchronized void say(String line) {
    System.out.println(MARK + line);
  }

  /// The first command of each term is of interest.
  @Override
  public String apply(LogPosition position, byte[] command) {
    if (position.term() != term) {
      term = position.term();
      say("applied " + term + " " + System.nanoTime());
    }
    return "";
  }

  @Override
  public byte[] snapshot() {
    return new byte[0];
  }

  @Override
  public void restore(LogPosition position, byte[] snapshot) {}

  private CommandId next() {
    return new CommandId(self, run, number.incrementAndGet());
  }

  /// Proposes again and again, without waiting.
  private void stream(ReplicatedLog log) {
    while (true) {
      var _ = log.propose(next(), new byte[COMMAND]);
      LockSupport.parkNanos(PERIOD_NANOS);
    }
  }

  /// Commits one command after the other, and between two of them has the disk keep a block of its
  /// own: how many, and the median and the 99th percentile of both in microseconds.
  private String commits(ReplicatedLog log, long nanos) throws IOException {
    var commits = new ArrayList<Long>();
    var syncs = new ArrayList<Long>();
    var begin = System.nanoTime() + WARM_UP_NANOS;
    try (var file =
        FileChannel.open(
            directory.resolve("block"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (var now = System.nanoTime(); now - begin < nanos; now = System.nanoTime()) {
        if (!(log.propose(next(), new byte[COMMAND]).join() instanceof ProposalOutcome.Committed)) {
          throw new IllegalStateException("not committed");
        }
        var committed = System.nanoTime();
        file.write(ByteBuffer.allocate(BLOCK));
        file.force(false);
        if (now - begin >= 0) {
          commits.add(committed - now);
          syncs.add(System.nanoTime() - committed);
        }
      }
    }
    return commits.size() + " " + parts(commits) + " " + parts(syncs);
  }

  private static String parts(List<Long> times) {
    var sorted = times.stream().mapToLong(t -> t / 1_000).sorted().toArray();
    return Arrays.stream(new double[] {0.5, 0.99})
        .mapToObj(share -> Long.toString(sorted[(int) (sorted.length * share)]))
        .reduce((a, b) -> a + " " + b)
        .orElseThrow();
  }
}
