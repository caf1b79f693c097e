package dev.quorate.simulation;

import dev.quorate.fencing.FenceAgentCall;
import dev.quorate.fencing.FenceAgentResult;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The power switch of all nodes.
final class SimulatedFenceDevice {
  /// How it behaves at present.
  enum Mood {
    WORKING,
    /// Refuses everything at once.
    REFUSING,
    /// Cuts the power and does not answer.
    MUTE,
    /// Cannot be reached: nothing happens and nobody answers.
    UNREACHABLE
  }

  private final World world;
  private final RandomGenerator random;
  private Mood mood = Mood.WORKING;

  SimulatedFenceDevice(World world) {
    this.world = world;
    random = world.random("fence device");
  }

  void behave(Mood next) {
    mood = next;
  }

  /// Carries out a call; the answer comes later.
  void call(FenceAgentCall call, Consumer<FenceAgentResult> answer) {
    SimulatedMachine target = world.machine(call.target());
    long timeout = call.timeout().toNanos();
    long work = World.between(random, 250, 900);
    switch (mood) {
      case REFUSING -> later(work, answer, new FenceAgentResult.Exited(1, "refused"));
      case UNREACHABLE -> later(timeout, answer, new FenceAgentResult.Killed("no answer"));
      case MUTE -> {
        world.agenda.at(
            world.agenda.nanos() + work, Agenda.Kind.FENCING, () -> perform(call, target));
        later(timeout, answer, new FenceAgentResult.Killed("no answer"));
      }
      case WORKING ->
          world.agenda.at(
              world.agenda.nanos() + work,
              Agenda.Kind.FENCING,
              () -> answer.accept(new FenceAgentResult.Exited(perform(call, target), "")));
    }
  }

  private void later(long nanos, Consumer<FenceAgentResult> answer, FenceAgentResult result) {
    world.agenda.at(world.agenda.nanos() + nanos, Agenda.Kind.FENCING, () -> answer.accept(result));
  }

  /// @return the exit code
  private int perform(FenceAgentCall call, SimulatedMachine target) {
    return switch (call.action()) {
      case OFF, REBOOT -> {
        if (world.weakness != Weakness.LYING_FENCE_DEVICE) {
          world.powerOff(target, "fenced");
        }
        yield 0;
      }
      case ON -> {
        int boots = target.boots;
        world.agenda.at(
            world.agenda.nanos() + World.between(random, 4_000, 15_000),
            Agenda.Kind.FENCING,
            () -> {
              if (target.boots == boots) {
                world.powerOn(target);
              }
            });
        yield 0;
      }
      case STATUS -> target.powered && world.weakness != Weakness.LYING_FENCE_DEVICE ? 0 : 2;
      case MONITOR -> 0;
    };
  }
}
