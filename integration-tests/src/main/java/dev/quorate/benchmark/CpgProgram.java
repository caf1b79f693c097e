package dev.quorate.benchmark;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.quorate.daemon.linux.Timeliness;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// A client of corosync's closed process groups, by way of the library that its package brings: it
/// measures corosync in the same way as [RingProgram] measures the ring.
@SuppressWarnings("restricted") // Calling a native library is what this class is for.
final class CpgProgram implements Voice {
  private static final String LIBRARY = "libcpg.so.4";
  private static final int OK = 1;
  private static final int TRY_AGAIN = 6;
  private static final int AGREED = 2;
  private static final int DISPATCH_BLOCKING = 3;
  private static final int NAME_SIZE = 132;
  private static final int STACK = 8 << 20;
  private static final int ADDRESS_SIZE = 12;
  private static final int MAX_MEMBERS = 128;

  private final AtomicLong delivered = new AtomicLong();
  private final Arena arena = Arena.ofShared();
  private final SymbolLookup library = SymbolLookup.libraryLookup(LIBRARY, arena);
  private final MethodHandle multicast =
      function("cpg_mcast_joined", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  private final MemorySegment buffer = arena.allocate(1 << 20);
  private final MemorySegment vector = arena.allocate(16, 8);
  private final long handle;
  private volatile Consumer<byte[]> hearer = _ -> {};

  private CpgProgram() throws Throwable {
    vector.set(ADDRESS, 0, buffer);
    var callbacks = arena.allocate(16, 8);
    callbacks.set(ADDRESS, 0, upcall());
    var place = arena.allocate(JAVA_LONG);
    var initialize = function("cpg_initialize", ADDRESS, ADDRESS);
    // The daemon may still be on its way up.
    var start = System.nanoTime();
    while ((int) initialize.invoke(place, callbacks) != OK) {
      if (System.nanoTime() - start > 30_000_000_000L) {
        throw new IOException("corosync does not answer");
      }
      LockSupport.parkNanos(100_000_000);
    }
    handle = place.get(JAVA_LONG, 0);
    var name = arena.allocate(NAME_SIZE, 4);
    var text = "quorate".getBytes(StandardCharsets.US_ASCII);
    name.set(JAVA_INT, 0, text.length);
    MemorySegment.copy(text, 0, name, ValueLayout.JAVA_BYTE, 4, text.length);
    var join = function("cpg_join", JAVA_LONG, ADDRESS);
    while ((int) join.invoke(handle, name) == TRY_AGAIN) {
      LockSupport.parkNanos(10_000_000);
    }
    // The library keeps a mebibyte on the stack.
    Thread.ofPlatform().daemon().stackSize(STACK).name("ring-1-2").start(this::dispatch);
    awaitMembers(name);
  }

  /// Runs it until its input ends.
  public static void main(String[] words) throws Throwable {
    // As prompt as a node of the ring, of which the client is a part: so are threads of this name.
    Thread.currentThread().setName("ring-1-1");
    new Timeliness().start(true, true);
    var voice = new CpgProgram();
    Recital.answer("view 0 0");
    new Recital(voice).serve();
    System.exit(0);
  }

  /// Waits until every node has a member of the group.
  private void awaitMembers(MemorySegment name) throws Throwable {
    var membership = function("cpg_membership_get", JAVA_LONG, ADDRESS, ADDRESS, ADDRESS);
    var members = arena.allocate(MAX_MEMBERS * ADDRESS_SIZE, 4);
    var count = arena.allocate(JAVA_INT);
    while (count.get(JAVA_INT, 0) < BenchNetwork.SIZE) {
      LockSupport.parkNanos(10_000_000);
      var _ = (int) membership.invoke(handle, name, members, count);
    }
  }

  private MethodHandle function(String name, MemoryLayout... parameters) {
    return Linker.nativeLinker()
        .downcallHandle(
            library.find(name).orElseThrow(), FunctionDescriptor.of(JAVA_INT, parameters));
  }

  private MemorySegment upcall() throws ReflectiveOperationException {
    var method =
        MethodHandles.lookup()
            .bind(
                this,
                "deliver",
                MethodType.methodType(
                    void.class,
                    long.class,
                    MemorySegment.class,
                    int.class,
                    int.class,
                    MemorySegment.class,
                    long.class));
    var shape =
        FunctionDescriptor.ofVoid(JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG);
    return Linker.nativeLinker().upcallStub(method, shape, arena);
  }

  /// As `cpg_deliver_fn_t`.
  @SuppressWarnings({"unused", "UnusedVariable", "UnusedMethod"}) // called by the library
  private void deliver(
      long ofHandle, MemorySegment group, int node, int process, MemorySegment message, long size) {
    hearer.accept(message.reinterpret(size).toArray(ValueLayout.JAVA_BYTE));
    delivered.incrementAndGet();
  }

  private void dispatch() {
    try {
      function("cpg_dispatch", JAVA_LONG, JAVA_INT).invoke(handle, DISPATCH_BLOCKING);
    } catch (Throwable e) {
      throw new IllegalStateException("corosync has ended", e);
    }
  }

  @Override
  public boolean say(byte[] payload) {
    MemorySegment.copy(payload, 0, buffer, ValueLayout.JAVA_BYTE, 0, payload.length);
    vector.set(JAVA_LONG, 8, payload.length);
    try {
      return (int) multicast.invoke(handle, AGREED, vector, 1) == OK;
    } catch (Throwable e) {
      throw new IllegalStateException("corosync has ended", e);
    }
  }

  @Override
  public long delivered() {
    return delivered.get();
  }

  @Override
  public void hear(Consumer<byte[]> ear) {
    hearer = ear;
  }
}
