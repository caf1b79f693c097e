package dev.quorate.daemon.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.tls.ClusterAuthority;
import dev.quorate.consensus.tls.Credentials;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.consensus.tls.TlsMaterial;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpListenerTest {
  private static final HttpHandler ECHO =
      (request, reply) ->
          reply.send(
              200,
              "text/plain",
              request.method()
                  + " "
                  + request.path()
                  + " "
                  + request.body()
                  + " "
                  + request.trusted());

  @TempDir Path temporary;

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void answersOnAUnixSocketAndKnowsWhoAsks() throws IOException {
    Path path = temporary.resolve("s");
    HttpHandler who = (request, reply) -> reply.send(200, "text/plain", request.client());
    try (HttpListener _ = HttpListener.unix(path, "no-such-group", who);
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      client.connect(UnixDomainSocketAddress.of(path));
      client.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
      client.shutdownOutput();
      String answer =
          new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.startsWith("HTTP/1.1 200 OK"), answer);
      assertTrue(answer.endsWith(System.getProperty("user.name")), answer);
    }
  }

  @Test
  void aSocketOnWhichAnotherAnswersIsLeftAlone() throws IOException {
    Path path = temporary.resolve("s");
    try (HttpListener _ = HttpListener.unix(path, "no-such-group", ECHO)) {
      IOException refused =
          assertThrows(IOException.class, () -> HttpListener.unix(path, "no-such-group", ECHO));
      assertTrue(String.valueOf(refused.getMessage()).contains(path.toString()));
      try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
        assertTrue(client.connect(UnixDomainSocketAddress.of(path)), "the first still listens");
      }
    }
    try (HttpListener _ = HttpListener.unix(path, "no-such-group", ECHO)) {
      assertTrue(Files.exists(path), "what is left of the first is not in the way");
    }
  }

  private static LiveTls keys() {
    Credentials keys =
        ClusterAuthority.create("test", Instant.now())
            .issue(new NodeId("n1"), List.of("127.0.0.1"), Instant.now());
    return new LiveTls(TlsMaterial.of(keys));
  }

  @Test
  void aProbeIsAnsweredWithoutTls() throws Exception {
    int port = freePort();
    try (HttpListener _ = HttpListener.tcp("127.0.0.1", port, Optional.of(keys()), ECHO);
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.getOutputStream().write(HttpListener.PROBE);
      assertEquals(HttpListener.ALIVE, client.getInputStream().read());
    }
  }

  @Test
  void plainTcpIsServedAndNotTrusted() throws IOException {
    int port = freePort();
    try (HttpListener _ = HttpListener.tcp("127.0.0.1", port, Optional.empty(), ECHO);
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client
          .getOutputStream()
          .write(
              "POST /x HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
                  .getBytes(StandardCharsets.US_ASCII));
      client.shutdownOutput();
      String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(answer.endsWith("POST /x abc false"), answer);
    }
  }

  @Test
  void nonsenseEndsTheConnectionOnly() throws IOException {
    int port = freePort();
    try (HttpListener _ = HttpListener.tcp("127.0.0.1", port, Optional.empty(), ECHO)) {
      for (int i = 0; i < 3; i++) {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
          client.getOutputStream().write("nonsense\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          client.shutdownOutput();
          assertEquals(0, client.getInputStream().readAllBytes().length);
        }
      }
    }
  }
}
