package dev.quorate.membership.aead;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AeadTest {
  private static final int[] SIZES = {0, 1, 15, 16, 17, 63, 64, 65, 255, 1_000, 8_192, 32_000};

  private final Random random = new Random(42);
  private final byte[] key = bytes(32);
  private final ByteBuffer clear = ByteBuffer.wrap(bytes(83), 7, 61);

  /// Both, where the machine has the library.
  private static List<Aead> all() {
    List<Aead> all = new ArrayList<>(List.of(new JavaAead()));
    LibCrypto.find().ifPresent(all::add);
    return all;
  }

  private byte[] bytes(int size) {
    var bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  /// Sealed in the middle of a larger array, as packets are.
  private ByteBuffer sealed(Aead by, byte[] plain) {
    var out = ByteBuffer.allocate(plain.length + 100).position(50);
    by.seal(key, 7, clear.duplicate(), ByteBuffer.wrap(plain), out);
    return out.flip().position(50);
  }

  private boolean opens(Aead by, byte[] with, long number, ByteBuffer before, ByteBuffer sealed) {
    var out = ByteBuffer.allocate(sealed.remaining());
    return by.open(with, number, before.duplicate(), sealed.duplicate(), out);
  }

  @Test
  void allMakeTheSameBytesAndOpenEachOthers() {
    for (var size : SIZES) {
      var plain = bytes(size);
      var expected = sealed(new JavaAead(), plain);
      assertEquals(size + Aead.TAG, expected.remaining());
      for (var by : all()) {
        assertEquals(expected, sealed(by, plain), by.name() + " at " + size);
        var out = ByteBuffer.allocate(size + 20).position(10);
        assertTrue(by.open(key, 7, clear.duplicate(), expected.duplicate(), out));
        assertArrayEquals(plain, Arrays.copyOfRange(out.array(), 10, out.position()));
      }
    }
  }

  @Test
  void whatWasTouchedDoesNotOpen() {
    for (var by : all()) {
      var sealed = sealed(by, bytes(100));
      assertTrue(opens(by, key, 7, clear, sealed));
      assertFalse(opens(by, bytes(32), 7, clear, sealed));
      assertFalse(opens(by, key, 8, clear, sealed));
      assertFalse(opens(by, key, 7, ByteBuffer.wrap(bytes(61)), sealed));
      for (int i = 0; i < sealed.remaining(); i++) {
        var damaged = ByteBuffer.allocate(sealed.remaining()).put(sealed.duplicate()).flip();
        damaged.put(i, (byte) (damaged.get(i) ^ 1));
        assertFalse(opens(by, key, 7, clear, damaged), by.name() + " at " + i);
      }
      assertTrue(opens(by, key, 7, clear, sealed), "and the next one does");
    }
  }

  @Test
  void whatIsShorterThanATagDoesNotOpen() {
    for (var by : all()) {
      for (int size = 0; size < Aead.TAG; size++) {
        assertFalse(opens(by, key, 7, clear, ByteBuffer.allocate(size)), by.name());
      }
    }
  }

  @Test
  void whatDoesNotFitIsNotWritten() {
    for (var by : all()) {
      var sealed = sealed(by, bytes(9));
      assertThrows(
          RuntimeException.class,
          () ->
              by.seal(key, 8, clear.duplicate(), ByteBuffer.allocate(9), ByteBuffer.allocate(24)));
      assertThrows(
          RuntimeException.class,
          () -> by.open(key, 7, clear.duplicate(), sealed, ByteBuffer.allocate(8)));
    }
  }

  @Test
  void anotherLengthOfKeyIsRefused() {
    for (var by : all()) {
      assertThrows(
          RuntimeException.class,
          () -> by.seal(new byte[31], 7, clear, ByteBuffer.allocate(9), ByteBuffer.allocate(64)));
    }
  }

  @Test
  void theFastestThatWorksIsTaken() {
    assertEquals(all().getLast().name(), Aead.best().name());
  }
}
