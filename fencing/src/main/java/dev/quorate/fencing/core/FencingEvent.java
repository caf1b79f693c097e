package dev.quorate.fencing.core;

import dev.quorate.fencing.FenceAgentResult;
import dev.quorate.fencing.FenceDevice;
import dev.quorate.fencing.FencingConfig;
import dev.quorate.fencing.FencingRequest;
import dev.quorate.fencing.FencingTopology;
import dev.quorate.fencing.ProofLevel;
import dev.quorate.membership.NodeId;
import java.util.List;

/// Everything that a [FencingCoordinator] reacts to.
public sealed interface FencingEvent {
  /// Somebody wants one boot of a node ended.
  record Requested(FencingRequest request) implements FencingEvent {}

  /// The agent of an earlier [FencingEffect.RunAgent] is done.
  record AgentFinished(long operation, FenceAgentResult result) implements FencingEvent {}

  /// A timer fired; one that was cancelled may still do so and is ignored.
  record TimerFired(long timer) implements FencingEvent {}

  /// Proof that did not come from a device.
  ///
  /// @param target the node
  /// @param bootId the boot that has ended
  /// @param level the kind of proof, never [ProofLevel#DEVICE_VERIFIED]
  /// @param source who vouches for it
  record ProofPresented(NodeId target, String bootId, ProofLevel level, String source)
      implements FencingEvent {}

  /// The devices or the topology changed. Requests under way keep the devices they began with.
  record DevicesChanged(List<FenceDevice> devices, FencingTopology topology)
      implements FencingEvent {
    /// Copies the devices.
    public DevicesChanged {
      devices = List.copyOf(devices);
    }
  }

  /// The settings that hold for all devices are now these. Attempts under way keep theirs.
  record ConfigChanged(FencingConfig config) implements FencingEvent {}

  /// An operator wants history and failures of a node forgotten.
  record HistoryCleared(NodeId target) implements FencingEvent {}
}
