package dev.quorate.consensus.tls;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Text armour of keys and certificates (RFC 7468).
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----\\s+([A-Za-z0-9+/=\\s]+?)-----END \\1-----");

  private Pem() {}

  static String armour(String label, byte[] der) {
    Base64.Encoder encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
    return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
        .formatted(label, encoder.encodeToString(der), label)
        .replace("\r\n", "\n");
  }

  /// The contents of all blocks with the label, in order.
  static List<byte[]> contents(String label, String text) {
    List<byte[]> result = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1).equals(label)) {
        result.add(Base64.getMimeDecoder().decode(matcher.group(2)));
      }
    }
    return result;
  }
}
