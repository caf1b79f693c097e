package dev.quorate.daemon.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A request, complete.
///
/// @param client who asks: a user of this machine, a node, or an address
/// @param trusted whether the client proved to be a member or a local user who may
public record HttpRequest(String method, String path, String body, String client, boolean trusted) {
  private static final int LONGEST_LINE = 8_192;
  private static final int LONGEST_BODY = 1 << 20;
  private static final int MOST_HEADERS = 64;

  /// Reads the next request.
  ///
  /// @return empty at the end of the stream
  /// @throws IOException also if it is no request
  static Optional<HttpRequest> read(InputStream in, String client, boolean trusted)
      throws IOException {
    String first = line(in);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    String[] words = first.split(" ", -1);
    if (words.length != 3 || !words[2].startsWith("HTTP/1.")) {
      throw new IOException("not an HTTP request");
    }
    int length = 0;
    for (int i = 0; ; i++) {
      String header = line(in);
      if (header.isEmpty()) {
        break;
      }
      if (i >= MOST_HEADERS) {
        throw new IOException("too many headers");
      }
      String[] parts = header.split(":", 2);
      if (parts[0].equalsIgnoreCase("content-length") && parts.length == 2) {
        length = Integer.parseInt(parts[1].strip());
      }
    }
    if (length < 0 || length > LONGEST_BODY) {
      throw new IOException("body of " + length + " bytes");
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("body cut off");
    }
    return Optional.of(
        new HttpRequest(
            words[0], words[1], new String(body, StandardCharsets.UTF_8), client, trusted));
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = in.read();
    while (next >= 0 && next != '\n') {
      if (line.length() > LONGEST_LINE) {
        throw new IOException("line too long");
      }
      if (next != '\r') {
        line.append((char) next);
      }
      next = in.read();
    }
    return line.toString();
  }
}
