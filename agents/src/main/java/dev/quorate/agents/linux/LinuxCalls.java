package dev.quorate.agents.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The few system calls that Java has no class for.
public final class LinuxCalls {
  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
  private static final long SYS_SETRESUID = ARM ? 147 : 117;
  private static final long SYS_PRCTL = ARM ? 167 : 157;
  private static final long PR_SET_DUMPABLE = 4;
  private static final long SYS_PIDFD_SEND_SIGNAL = 424;
  private static final long SYS_PIDFD_OPEN = 434;
  private static final int EINTR = 4;
  private static final int SIGKILL = 9;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SYSCALL =
      function(
          "syscall",
          FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle KILL =
      function("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle POLL =
      function("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle EVENTFD =
      function("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle WRITE =
      function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle READ =
      function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

  private LinuxCalls() {}

  /// Kills every process of a group, and says nothing if there is none.
  ///
  /// @param group the group's number
  public static void killGroup(long group) {
    if (group > 1) {
      call(state -> (int) KILL.invokeExact(state, (int) -group, SIGKILL));
    }
  }

  /// Does something as another user, if this process is root, and as itself otherwise.
  ///
  /// Linux keeps the user for each thread; only the C library makes all threads change together,
  /// and is not asked here. So this is for a thread that exists for nothing else: a virtual one
  /// would leave its carrier to others in the midst of it.
  ///
  /// @param user the number of the user
  /// @param deed what to do
  /// @throws E what the deed throws
  public static <E extends Exception> void asUser(int user, Deed<E> deed) throws E {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread shares its user with others");
    }
    boolean changed = user != 0 && effectiveUser(user) == 0;
    try {
      deed.run();
    } finally {
      if (changed) {
        becomeRoot();
      }
    }
  }

  private static void becomeRoot() {
    if (effectiveUser(0) != 0) {
      throw new LinkageError("a thread could not become root again");
    }
    // The change has made the whole process one of which no core is written.
    call(state -> (long) SYSCALL.invokeExact(state, SYS_PRCTL, PR_SET_DUMPABLE, 1L, 0L, 0L));
  }

  /// Something to do that may fail.
  ///
  /// @param <E> how it fails
  @FunctionalInterface
  public interface Deed<E extends Exception> {
    /// Does it.
    ///
    /// @throws E if it fails
    void run() throws E;
  }

  private static int effectiveUser(int user) {
    return (int)
        call(state -> (long) SYSCALL.invokeExact(state, SYS_SETRESUID, -1L, (long) user, -1L, 0L));
  }

  /// Opens a handle to a process; the handle stays with this process when the number is reused.
  ///
  /// @param pid the process
  /// @return the handle, or a negative error number
  static int openProcess(long pid) {
    return (int) call(state -> (long) SYSCALL.invokeExact(state, SYS_PIDFD_OPEN, pid, 0L, 0L, 0L));
  }

  /// Sends a signal to a handle.
  static int signal(int handle, int number) {
    return (int)
        call(state ->
            (long)
                SYSCALL.invokeExact(
                    state, SYS_PIDFD_SEND_SIGNAL, (long) handle, (long) number, 0L, 0L));
  }

  static void close(int descriptor) {
    call(state -> (int) CLOSE.invokeExact(state, descriptor));
  }

  static int eventDescriptor() {
    return (int) call(state -> (int) EVENTFD.invokeExact(state, 0, 0));
  }

  static void raise(int event) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment one = arena.allocateFrom(JAVA_LONG, 1);
      call(state -> (long) WRITE.invokeExact(state, event, one, 8L));
    }
  }

  static void clear(int event) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_LONG);
      call(state -> (long) READ.invokeExact(state, event, value, 8L));
    }
  }

  /// Waits until one of the descriptors is readable.
  ///
  /// @param descriptors what to wait for
  /// @return for each descriptor whether it is readable
  static boolean[] awaitReadable(int[] descriptors) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment polled = arena.allocate(8L * descriptors.length, 4);
      for (int i = 0; i < descriptors.length; i++) {
        polled.set(JAVA_INT, 8L * i, descriptors[i]);
        polled.set(JAVA_INT, 8L * i + 4, 1);
      }
      long ready;
      do {
        ready = call(state -> (int) POLL.invokeExact(state, polled, (long) descriptors.length, -1));
      } while (ready == -EINTR);
      boolean[] result = new boolean[descriptors.length];
      for (int i = 0; i < descriptors.length; i++) {
        result[i] = ready > 0 && polled.get(JAVA_INT, 8L * i + 4) >>> 16 != 0;
      }
      return result;
    }
  }

  private interface Body {
    long run(MemorySegment state) throws Throwable;
  }

  private static long call(Body body) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result = body.run(state);
      return result < 0 ? -(long) (int) ERRNO.get(state, 0L) : result;
    } catch (Throwable e) {
      throw new LinkageError("a system call could not be made", e);
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle function(String name, FunctionDescriptor type) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
  }
}
