package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/// What is said of a peer that takes a connection and is no good.
class MemberClientTest {
  private static final Duration PATIENCE = Duration.ofMillis(300);

  private static HactlError ask(ServerSocket peer) {
    return assertThrows(
        HactlError.class,
        () ->
            MemberClient.post(
                SSLContext.getDefault(), "127.0.0.1", peer.getLocalPort(), "/", "", PATIENCE));
  }

  private static void assertSays(HactlError error, ServerSocket peer, String what, String remedy) {
    String message = error.message();
    assertEquals(ExitCode.FAILED, error.exit());
    assertTrue(message.startsWith("127.0.0.1:" + peer.getLocalPort() + " "), message);
    assertTrue(message.contains(what), message);
    assertTrue(error.hint().contains(remedy), error.hint());
  }

  @Test
  void aPeerThatNeverAnswersCostsOneDeadline() throws IOException {
    try (ServerSocket frozen = listening()) {
      long began = System.nanoTime();
      assertSays(ask(frozen), frozen, "said nothing for 300 ms", "restart it if it hangs");
      assertTrue(System.nanoTime() - began < 5_000_000_000L, "it was waited for too long");
    }
  }

  @Test
  void aPeerThatSpeaksSomethingElseIsNoNode() throws IOException {
    try (ServerSocket other = listening()) {
      Thread.ofVirtual()
          .start(() -> {
            try (var client = other.accept()) {
              client
                  .getOutputStream()
                  .write("HTTP/1.1 400 Bad\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              client.getInputStream().readAllBytes();
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      assertSays(ask(other), other, "is not the node that it should be", "is the address right?");
    }
  }

  @Test
  void aPeerThatHangsUpIsNamed() throws IOException {
    try (ServerSocket busy = listening()) {
      Thread.ofVirtual()
          .start(() -> {
            try (var client = busy.accept()) {
              client.getInputStream().read();
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      assertSays(ask(busy), busy, "broke off the conversation", "then try again");
    }
  }

  private static ServerSocket listening() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }
}
