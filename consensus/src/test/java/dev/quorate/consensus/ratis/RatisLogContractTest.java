package dev.quorate.consensus.ratis;

import dev.quorate.consensus.ReplicatedLogContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/// Holds the log on Ratis to the contract.
@Tag("slow")
final class RatisLogContractTest extends ReplicatedLogContract {
  @TempDir private Path directory;

  @Override
  protected Bench newBench() {
    return new RatisBench(
        directory, NODES, config -> config.withSnapshotThreshold(SNAPSHOT_THRESHOLD));
  }
}
