package dev.quorate.daemon.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.LogDamagedException;
import dev.quorate.consensus.LogLostException;
import dev.quorate.consensus.LogPosition;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.consensus.tls.ClusterAuthority;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.consensus.tls.TlsMaterial;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The logs of several epochs in one place, none of them opened.
class PairLogTest {
  private static final NodeId SELF = new NodeId("n1");
  private static final NodeId PEER = new NodeId("n2");

  @TempDir private Path directory;
  private PairLog pairLog;

  /// Is never driven.
  private record Nothing() implements PairLog.Machine {
    @Override
    public void beginAnew() {}

    @Override
    public ReplicatedStateMachine scratch() {
      return this;
    }

    @Override
    public String apply(LogPosition position, byte[] command) {
      return "";
    }

    @Override
    public byte[] snapshot() {
      return new byte[0];
    }

    @Override
    public void restore(LogPosition position, byte[] snapshot) {}
  }

  @BeforeEach
  void noLog() {
    LiveTls keys =
        new LiveTls(
            TlsMaterial.of(
                ClusterAuthority.create("pair", Instant.now())
                    .issue(SELF, List.of("127.0.0.1"), Instant.now())));
    ConsensusConfig.Endpoint nowhere = new ConsensusConfig.Endpoint("127.0.0.1", 1);
    pairLog =
        new PairLog(
            ConsensusConfig.of(
                "pair", SELF, Map.of(SELF, nowhere, PEER, nowhere), directory.resolve("log"), keys),
            new Nothing(),
            _ -> {},
            () -> true);
  }

  /// As if a log of an epoch were there that holds nothing which can be read.
  private void spoiltLog(long epoch) throws IOException {
    Path group = pairLog.onDisk(epoch).group();
    Files.createDirectories(group.resolve("current"));
    Files.writeString(group.resolve("current").resolve("raft-meta"), "");
  }

  private static SurvivorRecord pair(long epoch) {
    return new SurvivorRecord(epoch, Standing.PAIR);
  }

  private static SurvivorRecord sole(long epoch) {
    return new SurvivorRecord(epoch, Standing.SOLE);
  }

  @Test
  void anEpochIsFoundedOnTheOneBeforeAndOnNoOlderOne() throws IOException {
    spoiltLog(1);
    LogLostException lost = assertThrows(LogLostException.class, () -> pairLog.openAlone(3));
    assertTrue(String.valueOf(lost.getMessage()).contains("epoch 2"), lost.getMessage());
    assertFalse(pairLog.onDisk(3).begun());
  }

  /// An operator's oath leaves out an epoch.
  @Test
  void whatALaterEpochIsFoundedOnIsWrittenDown() throws IOException {
    spoiltLog(1);
    assertThrows(LogDamagedException.class, () -> pairLog.prepareAlone(pair(1), 3));
    assertThrows(LogDamagedException.class, () -> pairLog.openAlone(3), "and not 'lost'");
    Files.writeString(directory.resolve("log-base-3"), "x");
    assertThrows(LogDamagedException.class, () -> pairLog.openAlone(3));
    assertFalse(PairLog.foundedAnew(directory.resolve("log")));
  }

  /// What was decided in the epochs in between would be undone, and nothing would complain.
  @Test
  void anOathThatCameToNothingIsNotWhatALaterEpochIsFoundedOn() throws IOException {
    spoiltLog(1);
    assertThrows(LogDamagedException.class, () -> pairLog.prepareAlone(pair(1), 3));
    LogLostException lost =
        assertThrows(LogLostException.class, () -> pairLog.prepareAlone(pair(2), 3));
    assertTrue(String.valueOf(lost.getMessage()).contains("log-2"), lost.getMessage());
    assertThrows(LogLostException.class, () -> pairLog.openAlone(3));
  }

  /// The machine was lost between the record and the log; then the other is sworn to be off.
  @Test
  void anEpochWhoseLogWasNeverPutInPlaceIsLeftOut() throws IOException {
    spoiltLog(1);
    Path base = directory.resolve("log-base-5");
    assertThrows(LogDamagedException.class, () -> pairLog.prepareAlone(sole(2), 5), "not 'lost'");
    assertEquals("1", Files.readString(base));
    assertThrows(LogDamagedException.class, () -> pairLog.openAlone(5), "not 'lost'");
    assertThrows(LogDamagedException.class, () -> pairLog.prepareAlone(sole(5), 8), "once more");
    assertEquals("1", Files.readString(directory.resolve("log-base-8")));
  }

  /// Something may have been decided in it.
  @Test
  void anEpochWhoseLogWasBegunAndIsLostIsNotLeftOut() throws IOException {
    spoiltLog(1);
    Files.createFile(
        directory.resolve("log-2." + pairLog.onDisk(2).group().getFileName() + ".begun"));
    LogLostException lost =
        assertThrows(LogLostException.class, () -> pairLog.prepareAlone(sole(2), 5));
    assertTrue(String.valueOf(lost.getMessage()).contains("log-2"), lost.getMessage());
    assertThrows(LogLostException.class, () -> pairLog.openAlone(5));
  }

  @Test
  void aLogThatCannotBeReadIsToldWhenItIsPrepared() throws IOException {
    spoiltLog(1);
    assertThrows(LogDamagedException.class, () -> pairLog.prepareAlone(pair(1), 2));
    assertFalse(pairLog.onDisk(2).begun());
  }

  @Test
  void whatWasOnlyMadeReadyIsNoLaterEpoch() throws IOException {
    Path first = directory.resolve("log");
    Files.createDirectories(directory.resolve("log-2.new"));
    assertFalse(PairLog.foundedAnew(first));
    Files.createFile(directory.resolve("log-2.group.begun"));
    assertTrue(PairLog.foundedAnew(first));
  }
}
