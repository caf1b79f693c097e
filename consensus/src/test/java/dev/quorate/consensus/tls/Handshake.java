package dev.quorate.consensus.tls;

import java.io.IOException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/// One conversation over mutual TLS on the loopback interface.
final class Handshake {
  private Handshake() {}

  static String of(Credentials serverSide, Credentials clientSide) throws Exception {
    return of(
        new LiveTls(TlsMaterial.of(serverSide)).context(),
        new LiveTls(TlsMaterial.of(clientSide)).context());
  }

  /// Who the client was and what it said, as the server saw it.
  static String of(SSLContext serverSide, SSLContext clientSide) throws Exception {
    try (SSLServerSocket server = listen(serverSide)) {
      return of(server, clientSide);
    }
  }

  static SSLServerSocket listen(SSLContext context) throws IOException {
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
    server.setNeedClientAuth(true);
    return server;
  }

  /// The same at a server that listens already.
  static String of(SSLServerSocket server, SSLContext clientSide) throws Exception {
    try {
      CompletableFuture<String> heard =
          CompletableFuture.supplyAsync(() -> accept(server), Thread::startVirtualThread);
      try (SSLSocket client =
          (SSLSocket)
              clientSide
                  .getSocketFactory()
                  .createSocket(server.getInetAddress(), server.getLocalPort())) {
        SSLParameters parameters = client.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        client.setSSLParameters(parameters);
        client.getOutputStream().write(42);
        client.getOutputStream().flush();
        if (client.getInputStream().read() != 42) {
          throw new IOException("not echoed");
        }
      }
      return heard.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private static String accept(SSLServerSocket server) {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      int said = socket.getInputStream().read();
      socket.getOutputStream().write(said);
      return Arrays.stream(socket.getSession().getPeerCertificates())
              .map(c -> ((X509Certificate) c).getSubjectX500Principal().getName())
              .findFirst()
              .orElseThrow()
          + " says "
          + said;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
