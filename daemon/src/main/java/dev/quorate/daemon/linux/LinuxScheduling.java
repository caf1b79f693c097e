package dev.quorate.daemon.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// `sched_setscheduler(2)`, `setpriority(2)` and `mlockall(2)`. Each call answers with 0 or the
/// error's number.
@SuppressWarnings("restricted")
final class LinuxScheduling {
  static final int EPERM = 1;
  static final int ESRCH = 3;
  private static final int SCHED_OTHER = 0;
  private static final int SCHED_RR = 2;
  private static final int PRIO_PROCESS = 0;

  /// What the thread starts, threads and processes, runs as usual.
  private static final int SCHED_RESET_ON_FORK = 0x40000000;

  /// Present and future pages, each from when it is first used.
  private static final int MCL_CURRENT_FUTURE_ONFAULT = 7;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SET =
      function(
          "sched_setscheduler",
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS);
  private static final MethodHandle NICE =
      function(
          "setpriority",
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT);
  private static final MethodHandle LOCK =
      function("mlockall", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

  private LinuxScheduling() {}

  /// Lets a thread of this process run before all others that are not real-time.
  ///
  /// @param thread the kernel's number of the thread
  /// @param priority 1 to 99
  static int realTime(int thread, int priority) {
    return policy(thread, SCHED_RR | SCHED_RESET_ON_FORK, priority);
  }

  /// Gives a thread of this process a greater share than others, without shutting them out.
  ///
  /// @param thread the kernel's number of the thread
  /// @param nice -20 to 0; least is most
  static int nice(int thread, int nice) {
    int error = policy(thread, SCHED_OTHER | SCHED_RESET_ON_FORK, 0);
    if (error != 0) {
      return error;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) NICE.invokeExact(state, PRIO_PROCESS, thread, nice);
      return result == 0 ? 0 : (int) ERRNO.get(state, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("setpriority", e);
    }
  }

  private static int policy(int thread, int policy, int priority) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment parameter = arena.allocateFrom(ValueLayout.JAVA_INT, priority);
      int result = (int) SET.invokeExact(state, thread, policy, parameter);
      return result == 0 ? 0 : (int) ERRNO.get(state, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("sched_setscheduler", e);
    }
  }

  /// Keeps this process's memory from being swapped out.
  static int lockMemory() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int result = (int) LOCK.invokeExact(state, MCL_CURRENT_FUTURE_ONFAULT);
      return result == 0 ? 0 : (int) ERRNO.get(state, 0L);
    } catch (Throwable e) {
      throw new IllegalStateException("mlockall", e);
    }
  }

  private static MethodHandle function(String name, ValueLayout result, ValueLayout... parameters) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, parameters),
        Linker.Option.captureCallState("errno"));
  }
}
