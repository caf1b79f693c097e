package dev.quorate.vip.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The few calls of the C library that addresses need. Every failure is a [SystemCallException].
@SuppressWarnings("restricted") // Binding native functions is what this class is for.
final class LibC {
  static final int AF_NETLINK = 16;
  static final int AF_PACKET = 17;
  static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;

  private static final int EINTR = 4;
  private static final short POLLIN = 1;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final ValueLayout INT = ValueLayout.JAVA_INT;
  private static final ValueLayout LONG = ValueLayout.JAVA_LONG;
  private static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  private static final MethodHandle SOCKET = function("socket", INT, INT, INT, INT);
  private static final MethodHandle BIND = function("bind", INT, INT, POINTER, INT);
  private static final MethodHandle SENDTO =
      function("sendto", LONG, INT, POINTER, LONG, INT, POINTER, INT);
  private static final MethodHandle RECV = function("recv", LONG, INT, POINTER, LONG, INT);
  private static final MethodHandle POLL = function("poll", INT, POINTER, LONG, INT);
  private static final MethodHandle SETSOCKOPT =
      function("setsockopt", INT, INT, INT, INT, POINTER, INT);
  private static final MethodHandle CLOSE = function("close", INT, INT);

  private LibC() {}

  private interface Call {
    long invoke(Arena arena, MemorySegment state) throws Throwable;
  }

  /// Opens a raw socket.
  static int socket(int family, int protocol) {
    return (int)
        call(
            "socket",
            (_, state) -> (int) SOCKET.invokeExact(state, family, SOCK_RAW_CLOEXEC, protocol));
  }

  /// Binds a socket to an address structure.
  static void bind(int socket, ByteBuffer address) {
    call(
        "bind",
        (arena, state) -> {
          var copy = copy(arena, address);
          return (int) BIND.invokeExact(state, socket, copy, (int) copy.byteSize());
        });
  }

  /// Sends a message to an address structure.
  static void sendTo(int socket, ByteBuffer message, ByteBuffer address) {
    call(
        "sendto",
        (arena, state) -> {
          var bytes = copy(arena, message);
          var to = copy(arena, address);
          return (long)
              SENDTO.invokeExact(
                  state, socket, bytes, bytes.byteSize(), 0, to, (int) to.byteSize());
        });
  }

  /// Receives one message of at most `limit` bytes, in the byte order of this machine.
  static ByteBuffer receive(int socket, int limit) {
    var message = ByteBuffer.allocate(limit).order(ByteOrder.nativeOrder());
    call(
        "recv",
        (arena, state) -> {
          var bytes = arena.allocate(limit);
          long count = (long) RECV.invokeExact(state, socket, bytes, (long) limit, 0);
          if (count > 0) {
            message.put(bytes.asSlice(0, count).asByteBuffer());
          }
          return count;
        });
    return message.flip();
  }

  /// Whether a message comes within the time.
  static boolean readable(int socket, long millis) {
    return call(
            "poll",
            (arena, state) -> {
              var descriptor = arena.allocate(8, 4);
              descriptor.set(ValueLayout.JAVA_INT, 0, socket);
              descriptor.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
              return (int) POLL.invokeExact(state, descriptor, 1L, (int) millis);
            })
        > 0;
  }

  /// Bounds how long [#receive] waits.
  static void receiveTimeout(int socket, long seconds) {
    call(
        "setsockopt",
        (arena, state) -> {
          var time = arena.allocate(16, 8);
          time.set(ValueLayout.JAVA_LONG, 0, seconds);
          return (int) SETSOCKOPT.invokeExact(state, socket, SOL_SOCKET, SO_RCVTIMEO, time, 16);
        });
  }

  /// Closes a socket.
  static void close(int socket) {
    call("close", (_, state) -> (int) CLOSE.invokeExact(state, socket));
  }

  private static MemorySegment copy(Arena arena, ByteBuffer buffer) {
    var bytes = arena.allocate(buffer.remaining(), 8);
    bytes.asByteBuffer().put(buffer.duplicate());
    return bytes;
  }

  private static long call(String name, Call call) {
    while (true) {
      try (var arena = Arena.ofConfined()) {
        var state = arena.allocate(STATE);
        long result = call.invoke(arena, state);
        if (result >= 0) {
          return result;
        }
        int errno = (int) ERRNO.get(state, 0L);
        if (errno != EINTR || name.equals("close")) {
          throw new SystemCallException(name, errno);
        }
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException(name + " could not be called", e);
      }
    }
  }

  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }
}
