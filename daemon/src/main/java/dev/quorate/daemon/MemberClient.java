package dev.quorate.daemon;

import dev.quorate.daemon.cli.HactlError;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// One request to another node's admin port.
final class MemberClient {
  private static final int CONNECT_MILLIS = 3_000;
  private static final int LONGEST_REPLY = 1 << 20;

  private MemberClient() {}

  /// The body of a good answer.
  ///
  /// @throws HactlError naming the node and the remedy
  static String post(
      SSLContext tls, String host, int port, String path, String body, Duration patience) {
    String where = host + ":" + port;
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
      plain.setSoTimeout((int) patience.toMillis());
      try (SSLSocket socket =
          (SSLSocket) tls.getSocketFactory().createSocket(plain, host, port, true)) {
        socket.startHandshake();
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head =
            "POST "
                + path
                + " HTTP/1.1\r\nHost: quorate\r\nConnection: close\r\nContent-Length: "
                + bytes.length
                + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return answer(socket.getInputStream(), where);
      }
    } catch (SSLException e) {
      throw HactlError.failed(
          where + " is not the node that it should be (" + e.getMessage() + ")",
          "is the token of this cluster, and is quorated there a member of it?");
    } catch (IOException e) {
      throw HactlError.failed(
          where + " does not answer (" + e.getMessage() + ")",
          "is quorated running there, and is TCP port " + port + " open?");
    }
  }

  private static String answer(InputStream in, String where) throws IOException {
    String first = line(in);
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.startsWith("Content-Length:")) {
        length = Integer.parseInt(header.substring("Content-Length:".length()).strip());
      }
    }
    if (length > LONGEST_REPLY) {
      throw new IOException("an answer of " + length + " bytes");
    }
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    if (!first.contains(" 200 ")) {
      String message =
          dev.quorate.resource.json.ClusterJson.mapper()
              .readTree(body)
              .path("message")
              .asText(first);
      throw HactlError.failed(where + ": " + message, "");
    }
    return body;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
