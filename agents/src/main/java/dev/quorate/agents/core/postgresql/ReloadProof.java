package dev.quorate.agents.core.postgresql;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Proves that a process of the server goes by settings that it was signalled to read.
///
/// Whether commits wait for standbys at all is a flag in shared memory, which only the checkpointer
/// sets, when it has read the settings again. It reads them at the head of its main loop and before
/// each nap between two writes of a leisurely checkpoint, and not while it hurries or syncs, which
/// can take minutes. What a session shows as the setting proves nothing of that.
///
/// Whom a standby receives from is what its startup process goes by, which starts the walreceiver,
/// and it may read the settings later than the session that shows them. Between any of its long
/// sleeps and the start of a walreceiver it looks for the wish.
///
/// The proof rests on this: the handler of SIGHUP notes the wish and sets the latch, so that the
/// next sleep on the latch ends at once; and the process looks for the wish between any two sleeps
/// in its main loop. So, looked at in this order:
/// - the signal is not pending any more: the handler has run, or runs before anything else;
/// - it is asleep: not in the handler, and not in a sleep on the latch that was begun before;
/// - it waits in its main loop: it has been at the head of the loop since, or will be before it
///   starts anything.
///
/// Other sleeps are not cut short by the signal, and last so long at most: a nap within a
/// checkpoint 100 ms, one of a paused replay a second. There the second of two counts that were
/// seen further apart than that: between them it has looked for the wish.
///
/// A startup process that waits for the `restore_command` looks for the wish after it, whether that
/// found something or not.
public final class ReloadProof {
  /// While the `restore_command` runs; servers before 15 show nothing then.
  public static final String RESTORING = "RestoreCommand";

  private final List<String> mainLoop;
  private final String nap;
  private final Duration longerThanANap;
  private long signalled;
  private Optional<Instant> napping = Optional.empty();
  private boolean complete;

  private ReloadProof(List<String> mainLoop, String nap, Duration longerThanANap) {
    this.mainLoop = mainLoop;
    this.nap = nap;
    this.longerThanANap = longerThanANap;
  }

  /// For the checkpointer, and what commits wait for.
  public static ReloadProof ofCheckpointer() {
    return new ReloadProof(
        List.of("CheckpointerMain"), "CheckpointWriteDelay", Duration.ofMillis(250));
  }

  /// For the startup process, and whom it has a walreceiver receive from; from version 13 on,
  /// before which it reads that only once.
  public static ReloadProof ofStartup() {
    return new ReloadProof(
        List.of(
            "RecoveryWalStream", "RecoveryRetrieveRetryInterval", "RecoveryApplyDelay", RESTORING),
        "RecoveryPause",
        Duration.ofMillis(1250));
  }

  /// One look at the process.
  ///
  /// @param pid who it was when its wait event was read, after everything else
  /// @param pending whether the signal was pending, which was read first
  /// @param asleep whether it was asleep, which was read second
  /// @param waitEvent what it waited for; empty text for nothing
  public record Look(long pid, boolean pending, boolean asleep, String waitEvent) {}

  /// The settings have changed: nothing is proven.
  public void restart() {
    signalled = 0;
    napping = Optional.empty();
    complete = false;
  }

  /// The process was started after the settings were written.
  public void given() {
    restart();
    complete = true;
  }

  /// The process was signalled after the settings were written.
  ///
  /// @param pid who it is
  public void signalled(long pid) {
    signalled = pid;
    napping = Optional.empty();
  }

  /// Who was signalled; 0 for nobody yet.
  public long process() {
    return signalled;
  }

  /// Whether the proof is complete.
  public boolean isComplete() {
    return complete;
  }

  /// Takes a look into account.
  ///
  /// @param now when the look was begun
  /// @param look what was seen
  public void see(Instant now, Look look) {
    if (look.pid() != signalled) {
      // Another one: it is to be signalled as well.
      restart();
      return;
    }
    if (look.pending() || !look.asleep()) {
      return;
    }
    if (mainLoop.contains(look.waitEvent())) {
      complete = true;
    } else if (look.waitEvent().equals(nap)) {
      complete = napping.filter(first -> !first.plus(longerThanANap).isAfter(now)).isPresent();
      napping = napping.or(() -> Optional.of(now));
    }
  }
}
