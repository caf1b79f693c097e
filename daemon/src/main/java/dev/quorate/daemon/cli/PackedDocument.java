package dev.quorate.daemon.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// A document on its way to the daemon, as one word of the command line.
final class PackedDocument {
  /// What a daemon unpacks.
  static final int MOST = 8 << 20;

  /// What a request to the daemon holds, with room for other words.
  private static final int MOST_PACKED = (1 << 20) - (1 << 14);

  private PackedDocument() {}

  /// Packs it.
  ///
  /// @throws HactlError if it is too large
  static String pack(byte[] document) {
    if (document.length > MOST) {
      throw tooLarge();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream packing = new GZIPOutputStream(bytes)) {
      packing.write(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String packed = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
    if (packed.length() > MOST_PACKED) {
      throw tooLarge();
    }
    return packed;
  }

  /// Unpacks it.
  ///
  /// @throws HactlError if it is too large, or was not packed
  static byte[] unpack(String packed) {
    try (GZIPInputStream unpacking =
        new GZIPInputStream(new ByteArrayInputStream(Base64.getUrlDecoder().decode(packed)))) {
      byte[] document = unpacking.readNBytes(MOST + 1);
      if (document.length > MOST) {
        throw tooLarge();
      }
      return document;
    } catch (IOException | IllegalArgumentException e) {
      throw HactlError.usage(
          "the document did not arrive whole (" + e.getMessage() + ")",
          "use the hactl of this version");
    }
  }

  private static HactlError tooLarge() {
    return HactlError.usage(
        "the document is too large: at most " + (MOST >> 20) + " MiB, about 1 MiB packed",
        "leave out its status, which is not imported");
  }
}
