package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.daemon.http.HttpListener;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.Absence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import javax.net.ssl.SSLContext;
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
  void anAcceptedConnectionAloneProvesNothing() throws IOException {
    try (ServerSocket frozen = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      assertEquals(
          Absence.SILENT, PeerProbe.ask(new HostAddresses(), "127.0.0.1", frozen.getLocalPort()));
    }
  }

  @Test
  void anAnsweringDaemonMeansThatTheNodeLives() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (HttpListener _ =
        HttpListener.tcp(
            "127.0.0.1",
            port,
            Optional.of(SSLContext.getDefault()),
            (_, reply) -> reply.send(200, "", ""))) {
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
            Optional.of(SSLContext.getDefault()),
            (_, reply) -> reply.send(200, "", ""),
            () -> sign == 'N' ? HttpListener.NOTHING : sign)) {
      assertEquals(heard, PeerProbe.ask(new HostAddresses(), "127.0.0.1", port));
    }
  }
}
