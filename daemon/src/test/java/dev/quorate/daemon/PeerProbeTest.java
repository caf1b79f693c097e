package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.consensus.tls.ClusterAuthority;
import dev.quorate.consensus.tls.Credentials;
import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.consensus.tls.TlsMaterial;
import dev.quorate.daemon.http.HttpListener;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.Absence;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerProbeTest {
  @Test
  void aRefusedPortMeansThatTheNodeLives() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertEquals(Absence.DAEMON_GONE, PeerProbe.ask(new HostAddresses(), "127.0.0.1", port));
  }

  @Test
  void aRefusalIsOneInEveryLanguage() {
    assertEquals(
        Absence.DAEMON_GONE,
        PeerProbe.unconnected(new ConnectException("Verbindungsaufbau abgelehnt")));
    assertEquals(
        Absence.SILENT,
        PeerProbe.unconnected(new NoRouteToHostException("Keine Route zum Zielrechner")));
    assertEquals(Absence.SILENT, PeerProbe.unconnected(new SocketTimeoutException()));
  }

  @Test
  void anAcceptedConnectionAloneProvesNothing() throws IOException {
    try (ServerSocket frozen = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      assertEquals(
          Absence.SILENT, PeerProbe.ask(new HostAddresses(), "127.0.0.1", frozen.getLocalPort()));
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aConnectionThatIsEndedMeansThatTheKernelLives(boolean abruptly) throws Exception {
    try (ServerSocket ending = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread end =
          Thread.ofVirtual()
              .start(() -> {
                try (Socket caller = ending.accept()) {
                  assertEquals(HttpListener.PROBE, caller.getInputStream().read());
                  caller.setSoLinger(abruptly, 0);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      assertEquals(
          Absence.DAEMON_GONE,
          PeerProbe.ask(new HostAddresses(), "127.0.0.1", ending.getLocalPort()));
      end.join();
    }
  }

  private static LiveTls keys() {
    Credentials keys =
        ClusterAuthority.create("test", Instant.now())
            .issue(new NodeId("n1"), List.of("127.0.0.1"), Instant.now());
    return new LiveTls(TlsMaterial.of(keys));
  }

  @Test
  void anAnsweringDaemonMeansThatTheNodeLives() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (HttpListener _ =
        HttpListener.tcp(
            "127.0.0.1", port, Optional.of(keys()), (_, reply) -> reply.send(200, "", ""))) {
      assertEquals(Absence.ALIVE, PeerProbe.ask(new HostAddresses(), "127.0.0.1", port));
    }
  }

  @ParameterizedTest
  @CsvSource({"A, ALIVE", "W, DAEMON_GONE", "N, SILENT"})
  void aDaemonSaysWhetherTheLogHearsIt(char sign, Absence heard) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (HttpListener _ =
        HttpListener.tcp(
            "127.0.0.1",
            port,
            Optional.of(keys()),
            (_, reply) -> reply.send(200, "", ""),
            () -> sign == 'N' ? HttpListener.NOTHING : sign)) {
      assertEquals(heard, PeerProbe.ask(new HostAddresses(), "127.0.0.1", port));
    }
  }
}
