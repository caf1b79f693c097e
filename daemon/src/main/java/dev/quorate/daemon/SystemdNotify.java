package dev.quorate.daemon;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells systemd how the daemon is (`sd_notify`), if it wants to know.
@SuppressWarnings("restricted")
final class SystemdNotify {
  private static final Logger log = LoggerFactory.getLogger(SystemdNotify.class);
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int LONGEST_PATH = 107;

  private SystemdNotify() {}

  /// Sends a state, as `READY=1`; does nothing outside systemd.
  static void send(String state) {
    String socket = System.getenv("NOTIFY_SOCKET");
    if (socket == null || socket.isEmpty() || socket.length() > LONGEST_PATH) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      Linker linker = Linker.nativeLinker();
      MethodHandle open =
          handle(
              linker, "socket", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
      MethodHandle sendTo =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow("sendto"),
              FunctionDescriptor.of(
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_LONG,
                  ValueLayout.JAVA_INT,
                  ValueLayout.ADDRESS,
                  ValueLayout.JAVA_INT));
      MethodHandle close = handle(linker, "close", ValueLayout.JAVA_INT);
      byte[] path = socket.getBytes(StandardCharsets.UTF_8);
      boolean named = path[0] == '@';
      if (named) {
        path[0] = 0;
      }
      MemorySegment address = arena.allocate(2 + LONGEST_PATH + 1L);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
      MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
      byte[] text = state.getBytes(StandardCharsets.UTF_8);
      MemorySegment message = arena.allocateFrom(ValueLayout.JAVA_BYTE, text);
      int fd = (int) open.invokeExact(AF_UNIX, SOCK_DGRAM, 0);
      long sent =
          (long)
              sendTo.invokeExact(
                  fd, message, (long) text.length, 0, address, 2 + path.length + (named ? 0 : 1));
      int closed = (int) close.invokeExact(fd);
      log.atDebug().addKeyValue("reason", sent + "/" + closed).log("systemd notified");
    } catch (Throwable e) {
      log.atWarn().setCause(e).log("systemd not notified");
    }
  }

  private static MethodHandle handle(Linker linker, String name, ValueLayout... parameters) {
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters));
  }
}
