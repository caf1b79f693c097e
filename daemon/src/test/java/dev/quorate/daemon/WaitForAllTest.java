package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.http.HttpListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two of three whole nodes come back after all were down, and an operator ends the wait by way of
/// the admin socket.
@Tag("slow")
final class WaitForAllTest {
  @TempDir private Path directory;
  private TestNodes nodes;

  @BeforeEach
  void allWereDown() throws IOException {
    nodes = new TestNodes(directory);
    for (int number = 1; number <= 3; number++) {
      nodes.configure(number, "boot-id = first-" + number);
    }
    nodes.found(3);
    nodes.succeeds(1, "property set wait-for-all=true");
    for (int number = 1; number <= 3; number++) {
      nodes.shut(number);
      nodes.configure(number, "boot-id = second-" + number);
    }
    nodes.boot(1);
    nodes.boot(2);
  }

  @AfterEach
  void close() {
    nodes.close();
  }

  @Test
  @Tag("S3-46")
  void anOperatorEndsTheWaitOnTheRecord() throws IOException {
    Path socket = directory.resolve("admin.sock");
    try (HttpListener _ = HttpListener.unix(socket, "", new AdminRoutes(nodes.at(1).operator()))) {
      nodes.await("it waits", () -> run(socket, "quorum", "status").contains("waiting for n3"));
      assertTrue(
          run(socket, "quorum", "unblock", "--reason=n3 is burnt").contains("\nx"), "answered");
      assertTrue(run(socket, "quorum", "status").contains("waiting for n3"));
      nodes.await(
          "it is ended",
          () -> run(socket, "quorum", "unblock", "--reason=n3 is burnt", "--yes").endsWith("\nx0"));
      String who = "unblocked without n3 by " + System.getProperty("user.name") + ": n3 is burnt";
      nodes.await("it is over", () -> run(socket, "quorum", "status").contains("over: " + who));
    }
    for (int number : new int[] {1, 2}) {
      nodes.await(
          "it is in the history of each",
          () ->
              nodes.at(number).operator().history().stream()
                  .anyMatch(l ->
                      l.contains("the wait for all voters is over")
                          && l.contains("unblocked without n3 by ")
                          && l.contains(": n3 is burnt")));
    }
    assertEquals(
        dev.quorate.daemon.cli.ExitCode.REFUSED,
        nodes.type(2, "quorum unblock --reason=again --yes"));
  }

  /// What `hactl` would be told: its lines begin with `o`, `e` or `x`.
  private static String run(Path socket, String... words) {
    String body =
        Arrays.stream(words)
            .map(w -> URLEncoder.encode(w, StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    String request =
        "POST /v1/run HTTP/1.1\r\nHost: quorate\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(body.length(), body);
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      StringBuilder told = new StringBuilder();
      String line = in.readLine();
      while (line != null && !told.toString().contains("\nx")) {
        if (line.matches("[oex].*")) {
          told.append('\n').append(line);
        }
        line = told.toString().contains("\nx") ? line : in.readLine();
      }
      return told.toString();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
