package dev.quorate.membership.aead;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// OpenSSL's libcrypto, which uses what the processor has, where Java does so only with its second
/// compiler, which the daemon does not run.
///
/// Arrays are handed over as they are: a call is a matter of microseconds, and the collector waits.
@SuppressWarnings("restricted") // Calling a native library is what this class is for.
final class LibCrypto implements Aead {
  private static final String LIBRARY = "libcrypto.so.3";

  /// It must not tidy up when the process exits, while another thread may be sealing.
  private static final long NO_ATEXIT = 0x0008_0000L;

  private static final int GET_TAG = 0x10;
  private static final int SET_TAG = 0x11;
  private static final int KEY = 32;
  private static final int NONCE = 12;
  private static final int SEAL = 1;
  private static final int OPEN = 0;

  /// What a message of which the sealed form is known is sealed to, under a key of zeros.
  private static final byte[] KNOWN_SEALED =
      HexFormat.of().parseHex("59402891b2a76b350cf2b71f0e280e5f3e1fe2c2b4eb2f");

  private static final ValueLayout.OfLong NUMBER =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final SymbolLookup SYMBOLS = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
  private static final MethodHandle PREPARE =
      function("OPENSSL_init_crypto", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, ADDRESS));
  private static final MethodHandle CIPHER =
      function("EVP_chacha20_poly1305", FunctionDescriptor.of(ADDRESS));
  private static final MethodHandle NEW =
      function("EVP_CIPHER_CTX_new", FunctionDescriptor.of(ADDRESS));
  private static final MethodHandle FREE =
      function("EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(ADDRESS));
  private static final MethodHandle INIT =
      step("EVP_CipherInit_ex", ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle UPDATE =
      step("EVP_CipherUpdate", ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
  private static final MethodHandle FINISH = step("EVP_CipherFinal_ex", ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle CONTROL =
      step("EVP_CIPHER_CTX_ctrl", ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment context;
  private final MemorySegment nonce = arena.allocate(NONCE, 4);
  private final MemorySegment length = arena.allocate(JAVA_INT);

  private LibCrypto() throws Throwable {
    must((int) PREPARE.invokeExact(NO_ATEXIT, MemorySegment.NULL) == 1);
    var cipher = (MemorySegment) CIPHER.invokeExact();
    var made = (MemorySegment) NEW.invokeExact();
    must(!made.equals(MemorySegment.NULL) && !cipher.equals(MemorySegment.NULL));
    context = made.reinterpret(arena, LibCrypto::free);
    must(init(cipher, MemorySegment.NULL, SEAL));
  }

  /// The library, if it is here and computes what it should.
  static Optional<LibCrypto> find() {
    try {
      var library = new LibCrypto();
      return library.passes() ? Optional.of(library) : Optional.empty();
    } catch (Throwable _) { // not here, too old, or not permitted to do this
      return Optional.empty();
    }
  }

  private static ByteBuffer known() {
    return ByteBuffer.wrap("quorate".getBytes(StandardCharsets.US_ASCII));
  }

  private boolean passes() {
    var plain = known();
    var out = ByteBuffer.allocate(plain.remaining() + TAG);
    seal(new byte[KEY], 1, plain.duplicate(), plain.duplicate(), out);
    var again = ByteBuffer.allocate(plain.remaining());
    return Arrays.equals(out.array(), KNOWN_SEALED)
        && open(new byte[KEY], 1, plain.duplicate(), out.flip(), again)
        && again.flip().equals(plain);
  }

  private static MethodHandle function(
      String name, FunctionDescriptor shape, Linker.Option... options) {
    return Linker.nativeLinker().downcallHandle(SYMBOLS.findOrThrow(name), shape, options);
  }

  /// One that is done at once, and may be handed arrays.
  private static MethodHandle step(String name, MemoryLayout... parameters) {
    return function(
        name, FunctionDescriptor.of(JAVA_INT, parameters), Linker.Option.critical(true));
  }

  private static void free(MemorySegment context) {
    try {
      FREE.invokeExact(context);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static void must(boolean done) {
    if (!done) {
      throw new IllegalStateException(LIBRARY + " refuses");
    }
  }

  private boolean init(MemorySegment cipher, MemorySegment key, int mode) throws Throwable {
    return (int) INIT.invokeExact(context, cipher, MemorySegment.NULL, key, nonce, mode) == 1;
  }

  private boolean update(MemorySegment out, MemorySegment in) throws Throwable {
    return (int) UPDATE.invokeExact(context, out, length, in, (int) in.byteSize()) == 1;
  }

  private boolean control(int what, MemorySegment tag) throws Throwable {
    return (int) CONTROL.invokeExact(context, what, TAG, tag) == 1;
  }

  private void begin(byte[] key, long number, int mode, ByteBuffer clear) throws Throwable {
    nonce.set(NUMBER, 4, number);
    must(key.length == KEY);
    must(init(MemorySegment.NULL, MemorySegment.ofArray(key), mode));
    must(update(MemorySegment.NULL, MemorySegment.ofBuffer(clear)));
  }

  @Override
  public void seal(byte[] key, long number, ByteBuffer clear, ByteBuffer in, ByteBuffer out) {
    var size = in.remaining();
    var to = MemorySegment.ofBuffer(out).asSlice(0, size + TAG);
    try {
      begin(key, number, SEAL, clear);
      must(size == 0 || update(to, MemorySegment.ofBuffer(in)));
      must((int) FINISH.invokeExact(context, to.asSlice(size), length) == 1);
      must(control(GET_TAG, to.asSlice(size)));
    } catch (Throwable e) {
      throw new IllegalStateException(LIBRARY + " fails", e);
    }
    in.position(in.limit());
    out.position(out.position() + size + TAG);
  }

  @Override
  public boolean open(byte[] key, long number, ByteBuffer clear, ByteBuffer in, ByteBuffer out) {
    var size = in.remaining() - TAG;
    if (size < 0) {
      return false;
    }
    var from = MemorySegment.ofBuffer(in);
    var to = MemorySegment.ofBuffer(out).asSlice(0, size);
    try {
      begin(key, number, OPEN, clear);
      must(control(SET_TAG, from.asSlice(size, TAG)));
      must(size == 0 || update(to, from.asSlice(0, size)));
      if ((int) FINISH.invokeExact(context, to.asSlice(size), length) != 1) {
        return false;
      }
    } catch (Throwable e) {
      throw new IllegalStateException(LIBRARY + " fails", e);
    }
    in.position(in.limit());
    out.position(out.position() + size);
    return true;
  }

  @Override
  public String name() {
    return LIBRARY;
  }
}
