package dev.quorate.fencing.script;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.TimeUnit;

/// Ends a program together with everything that it started.
///
/// The program leads its own process group, so one signal reaches all children, those included
/// whose parents have gone. It is sent while the leader lives or is not yet waited for: its number
/// cannot belong to somebody else.
@SuppressWarnings(
    "restricted") // One call of kill(2), which Java has no other way to make for a group.
final class ProcessGroup {
  private static final int SIGKILL = 9;
  private static final MethodHandle KILL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("kill"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private ProcessGroup() {}

  /// Kills the group of a living leader and waits briefly until the leader is gone.
  static void kill(Process leader) {
    if (leader.isAlive()) {
      var strays = leader.descendants().toList();
      signal(-Math.toIntExact(leader.pid()));
      strays.forEach(ProcessHandle::destroyForcibly);
    }
    leader.destroyForcibly();
    boolean interrupted = Thread.interrupted();
    try {
      leader.waitFor(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void signal(int group) {
    try {
      var _ = (int) KILL.invokeExact(group, SIGKILL);
    } catch (Throwable e) {
      throw new IllegalStateException("kill(2) could not be called", e);
    }
  }
}
