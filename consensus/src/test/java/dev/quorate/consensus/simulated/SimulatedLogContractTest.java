package dev.quorate.consensus.simulated;

import dev.quorate.consensus.ConsensusConfig;
import dev.quorate.consensus.LogListener;
import dev.quorate.consensus.ReplicatedLog;
import dev.quorate.consensus.ReplicatedLogContract;
import dev.quorate.consensus.ReplicatedStateMachine;
import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Holds the simulated log to the contract.
final class SimulatedLogContractTest extends ReplicatedLogContract {
  @Override
  protected Bench newBench() {
    SimulatedTime time = new SimulatedTime();
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(42);
    SimulatedLogCluster cluster =
        new SimulatedLogCluster(
            SimulatedLogTiming.DEFAULT.withSnapshotThreshold(SNAPSHOT_THRESHOLD),
            NODES,
            random,
            (_, _) -> true,
            time);
    return new Bench() {
      @Override
      public ReplicatedLog start(
          NodeId node, ReplicatedStateMachine machine, LogListener listener) {
        return cluster.start(node, machine, listener);
      }

      @Override
      public ReplicatedLog startNewcomer(
          NodeId node, int incarnation, ReplicatedStateMachine machine, LogListener listener) {
        return cluster.startNewcomer(node, incarnation, machine, listener);
      }

      @Override
      public ConsensusConfig.Endpoint endpoint(NodeId node) {
        return SimulatedLogCluster.endpoint(node);
      }

      @Override
      public void stop(NodeId node) {
        cluster.crash(node);
      }

      @Override
      public boolean await(Duration patience, BooleanSupplier condition) {
        return time.run(patience, condition);
      }

      @Override
      public void close() {}
    };
  }
}
