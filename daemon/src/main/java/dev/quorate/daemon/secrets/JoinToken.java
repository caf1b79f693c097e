package dev.quorate.daemon.secrets;

import java.util.Arrays;
import java.util.Base64;

/// What a newcomer needs to reach a member and to trust it: a secret that works once, the
/// fingerprint of the cluster's authority, and an address. Secret: never printed by [#toString()].
///
/// @param secret the text that the member knows
/// @param fingerprint of the authority's certificate
/// @param host the member's address
/// @param port the member's admin port
public record JoinToken(String secret, String fingerprint, String host, int port) {
  private static final int SECRET_BYTES = 16;
  private static final int FINGERPRINT_BYTES = 32;

  /// Makes one of its parts.
  static JoinToken of(byte[] secret, byte[] fingerprint, String host, int port) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return new JoinToken(
        base64.encodeToString(secret), base64.encodeToString(fingerprint), host, port);
  }

  /// Reads what [#text()] wrote.
  ///
  /// @throws IllegalArgumentException naming what is wrong
  public static JoinToken parse(String text) {
    int at = text.lastIndexOf('@');
    int colon = text.lastIndexOf(':');
    if (at < 1 || colon < at || !text.substring(colon + 1).matches("\\d{1,5}")) {
      throw new IllegalArgumentException(
          "this is not a token: copy the whole line that 'hactl cluster setup' printed, as"
              + " TOKEN@ADDRESS:PORT");
    }
    byte[] both;
    try {
      both = Base64.getUrlDecoder().decode(text.substring(0, at));
    } catch (IllegalArgumentException e) {
      both = new byte[0];
    }
    if (both.length != SECRET_BYTES + FINGERPRINT_BYTES) {
      throw new IllegalArgumentException(
          "the token is damaged: copy the whole line that 'hactl cluster setup' printed");
    }
    return of(
        Arrays.copyOf(both, SECRET_BYTES),
        Arrays.copyOfRange(both, SECRET_BYTES, both.length),
        text.substring(at + 1, colon),
        Integer.parseInt(text.substring(colon + 1)));
  }

  /// The token as it is typed.
  public String text() {
    byte[] secretBytes = Base64.getUrlDecoder().decode(secret);
    byte[] both = Arrays.copyOf(secretBytes, SECRET_BYTES + FINGERPRINT_BYTES);
    System.arraycopy(
        Base64.getUrlDecoder().decode(fingerprint), 0, both, SECRET_BYTES, FINGERPRINT_BYTES);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(both) + "@" + host + ":" + port;
  }

  @Override
  public String toString() {
    return "JoinToken[" + host + ":" + port + "]";
  }
}
