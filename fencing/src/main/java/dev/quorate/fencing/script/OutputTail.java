package dev.quorate.fencing.script;

import dev.quorate.fencing.FenceDevice;
import dev.quorate.fencing.SecretParameters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/// Reads a stream to its end and keeps only the last part of it.
final class OutputTail {
  private static final int KEPT_BYTES = 8192;
  private static final int SHOWN_CHARS = 500;

  private final byte[] ring = new byte[KEPT_BYTES];
  private long total;
  private final Thread reader;

  OutputTail(InputStream stream) {
    reader = Thread.ofVirtual().name("fence-output").start(() -> read(stream));
  }

  /// What was said last, on one line, without the device's secrets; waits briefly for the end.
  String text(FenceDevice device, Duration patience) {
    try {
      reader.join(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    String kept = SecretParameters.mask(kept(), device);
    String line = kept.strip().replaceAll("\\s*\\R\\s*", " | ").replaceAll("\\p{Cntrl}", " ");
    return line.length() <= SHOWN_CHARS ? line : "… " + line.substring(line.length() - SHOWN_CHARS);
  }

  /// The kept bytes in order; of a stream that was cut, whole lines only, since half a secret could
  /// not be recognised.
  private synchronized String kept() {
    if (total <= KEPT_BYTES) {
      return new String(ring, 0, (int) total, StandardCharsets.UTF_8);
    }
    int split = (int) (total % KEPT_BYTES);
    byte[] ordered = Arrays.copyOfRange(ring, split, split + KEPT_BYTES);
    System.arraycopy(ring, split, ordered, 0, KEPT_BYTES - split);
    System.arraycopy(ring, 0, ordered, KEPT_BYTES - split, split);
    String text = new String(ordered, StandardCharsets.UTF_8);
    int lineEnd = text.indexOf('\n');
    return lineEnd < 0 ? "(output cut)" : text.substring(lineEnd + 1);
  }

  private void read(InputStream stream) {
    byte[] buffer = new byte[4096];
    try (stream) {
      for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
        keep(buffer, n);
      }
    } catch (IOException e) {
      // The stream was closed under us because the program was killed: what came so far counts.
    }
  }

  private synchronized void keep(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      ring[(int) (total++ % KEPT_BYTES)] = bytes[i];
    }
  }
}
