package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.json.ClusterJson;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

/// One request to another node's admin port. Whatever goes wrong, the message names that port, what
/// was tried and what can be done.
final class MemberClient {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final HostAddresses HOSTS = new HostAddresses();
  private static final Duration HANDSHAKE = Duration.ofSeconds(5);
  private static final int LONGEST_REPLY = 1 << 20;
  private static final String LENGTH = "content-length:";

  private MemberClient() {}

  /// The body of a good answer.
  ///
  /// @throws HactlError naming the node and the remedy
  static String post(
      SSLContext tls, String host, int port, String path, String body, Duration patience) {
    String where = host + ":" + port;
    Duration greeting = patience.compareTo(HANDSHAKE) < 0 ? patience : HANDSHAKE;
    try (Socket plain = new Socket()) {
      Optional<HactlError> unreachable = connect(plain, host, port, patience);
      if (unreachable.isPresent()) {
        throw unreachable.get();
      }
      plain.setSoTimeout((int) greeting.toMillis());
      try (SSLSocket socket =
          (SSLSocket) tls.getSocketFactory().createSocket(plain, host, port, true)) {
        greet(socket, where, greeting);
        plain.setSoTimeout((int) patience.toMillis());
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
    } catch (SocketTimeoutException e) {
      throw silent(where, patience);
    } catch (IOException e) {
      if (String.valueOf(root(e).getMessage()).contains("certificate_")) {
        throw new HactlError(
            ExitCode.FAILED,
            "HA-CERT-003",
            where + " does not accept the certificate of this node (" + root(e).getMessage() + ")",
            "was it revoked, see 'hactl cluster certificate list' there? if not, are the clocks of"
                + " both right?");
      }
      throw HactlError.failed(
          where + " broke off the conversation (" + e.getMessage() + ")",
          "see the log of quorated there, then try again");
    }
  }

  /// Why no connection can be made; empty if the host is there, even if no daemon is.
  static Optional<String> unreachable(String host, int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) CONNECT.toMillis());
      return Optional.empty();
    } catch (IOException e) {
      return e instanceof ConnectException ? Optional.empty() : Optional.of(reason(e));
    }
  }

  private static Optional<HactlError> connect(
      Socket socket, String host, int port, Duration patience) {
    try {
      // Those who wait for little may have to decide something before a name server answers.
      Duration limit = patience.compareTo(CONNECT) < 0 ? patience : CONNECT;
      InetAddress address =
          HOSTS.within(host, limit).orElseThrow(() -> new UnknownHostException(host));
      socket.connect(new InetSocketAddress(address, port), (int) limit.toMillis());
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(HactlError.failed("interrupted", "type the command again"));
    } catch (IOException e) {
      String where = host + ":" + port;
      return Optional.of(
          e instanceof ConnectException
              ? HactlError.failed(
                  where + " refuses connections",
                  "is quorated running there and a member of the cluster? see 'hactl status' there")
              : HactlError.failed(
                  where + " cannot be reached (" + reason(e) + ")",
                  "is the machine up, the address right, and TCP port " + port + " open there?"));
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case SocketTimeoutException _ -> "no connection within " + CONNECT.toSeconds() + " s";
      case UnknownHostException _ -> "no address is known for this name";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static void greet(SSLSocket socket, String where, Duration patience) throws IOException {
    try {
      socket.startHandshake();
    } catch (SSLException e) {
      switch (root(e)) {
        case SocketTimeoutException _ -> throw silent(where, patience);
        case EOFException early -> throw early;
        default -> {}
      }
      throw HactlError.failed(
          where + " is not the node that it should be (" + root(e).getMessage() + ")",
          "is the address right? a node of another cluster, or of one that was set up anew, needs a"
              + " new token: 'hactl cluster token NODE' on the first node");
    }
  }

  private static HactlError silent(String where, Duration patience) {
    return HactlError.failed(
        where + " took the connection and said nothing for " + patience.toMillis() + " ms",
        "is it quorated that listens there? look at its log, and restart it if it hangs");
  }

  private static Throwable root(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static String answer(InputStream in, String where) throws IOException {
    String first = line(in);
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.matches(LENGTH + " *\\d{1,9}")) {
        length = Integer.parseInt(lower.substring(LENGTH.length()).strip());
      }
    }
    if (length > LONGEST_REPLY) {
      throw new IOException("an answer of " + length + " bytes");
    }
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    if (!first.contains(" 200 ")) {
      JsonNode error = ClusterJson.mapper().readTree(body);
      throw new HactlError(
          ExitCode.FAILED,
          error.path("code").asText("HA-CLI-002"),
          where + ": " + error.path("message").asText(first),
          error.path("hint").asText(""));
    }
    return body;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int next = in.read();
    for (; next >= 0 && next != '\n'; next = in.read()) {
      if (next != '\r') {
        line.append((char) next);
      }
    }
    if (next < 0) {
      throw new EOFException("the answer ended too soon");
    }
    return line.toString();
  }
}
