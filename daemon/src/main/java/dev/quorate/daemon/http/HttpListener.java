package dev.quorate.daemon.http;

import dev.quorate.consensus.tls.LiveTls;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Accepts connections and hands their requests to a handler. At most [#MOST] at a time.
public final class HttpListener implements AutoCloseable {
  /// What a node sends to ask whether a daemon lives here, instead of a request.
  public static final int PROBE = 'Q';

  /// The answer to [#PROBE] of a daemon that the log hears.
  public static final int ALIVE = 'A';

  /// The answer of a daemon that does not know yet whether the log hears it.
  public static final int WAITING = 'W';

  /// The answer of a daemon on which nobody shall count, whatever else it does.
  public static final int NOTHING = 'N';

  private static final int MOST = 64;
  private static final int IDLE_MILLIS = 120_000;
  private static final int LAST_WORDS = 65_536;
  private static final int LAST_WORDS_MILLIS = 500;
  private static final Duration LAST_ACCEPT = Duration.ofSeconds(1);
  private static final Logger log = LoggerFactory.getLogger(HttpListener.class);

  private final AutoCloseable socket;
  private final HttpHandler handler;
  private final IntSupplier sign;
  private final Semaphore room = new Semaphore(MOST);
  private final Thread accepting;

  private HttpListener(
      String name,
      AutoCloseable socket,
      HttpHandler handler,
      IntSupplier sign,
      Consumer<HttpListener> accept) {
    this.sign = sign;
    this.socket = socket;
    this.handler = handler;
    this.accepting = Thread.ofPlatform().daemon().name(name).unstarted(() -> accept.accept(this));
  }

  private HttpListener begin() {
    accepting.start();
    return this;
  }

  /// Listens on a Unix socket that the owner and, if it exists, the group may use.
  public static HttpListener unix(Path path, String group, HttpHandler handler) throws IOException {
    if (answers(path)) {
      throw new IOException("another daemon answers on " + path);
    }
    Files.deleteIfExists(path);
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(path));
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    try {
      view.setGroup(
          path.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(group));
      view.setPermissions(PosixFilePermissions.fromString("rw-rw----"));
    } catch (IOException e) {
      view.setPermissions(PosixFilePermissions.fromString("rw-------"));
      log.atDebug().addKeyValue("reason", e.getMessage()).log("admin socket is for its owner only");
    }
    return new HttpListener(
            "admin-unix", channel, handler, () -> NOTHING, l -> l.acceptUnix(channel))
        .begin();
  }

  /// Whether somebody listens; the file alone may be left of one who has ended.
  private static boolean answers(Path path) {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// Listens on TCP; with TLS every client must speak it, and is trusted if it shows a certificate
  /// of the cluster.
  public static HttpListener tcp(String host, int port, Optional<LiveTls> tls, HttpHandler handler)
      throws IOException {
    return tcp(host, port, tls, handler, () -> ALIVE);
  }

  /// As above.
  ///
  /// @param sign of life: what a [#PROBE] is answered with
  public static HttpListener tcp(
      String host, int port, Optional<LiveTls> tls, HttpHandler handler, IntSupplier sign)
      throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getByName(host), port), MOST);
    } catch (IOException e) {
      server.close();
      throw new IOException("TCP port " + port + " of " + host + ": " + e.getMessage(), e);
    }
    return new HttpListener("http-" + port, server, handler, sign, l -> l.acceptTcp(server, tls))
        .begin();
  }

  private void acceptUnix(ServerSocketChannel channel) {
    while (channel.isOpen()) {
      try {
        SocketChannel client = channel.accept();
        submit(() -> serveUnix(client), client);
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        log.atWarn().addKeyValue("reason", e.getMessage()).log("connection not accepted");
      }
    }
  }

  private void acceptTcp(ServerSocket server, Optional<LiveTls> tls) {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        submit(() -> serveTcp(client, tls), client);
      } catch (IOException e) {
        if (!server.isClosed()) {
          log.atWarn().addKeyValue("reason", e.getMessage()).log("connection not accepted");
        }
      }
    }
  }

  private void submit(Runnable work, AutoCloseable client) {
    if (!room.tryAcquire()) {
      close(client);
      return;
    }
    Thread.ofVirtual()
        .start(() -> {
          try {
            work.run();
          } finally {
            room.release();
            close(client);
          }
        });
  }

  private void serveUnix(SocketChannel client) {
    try {
      UnixDomainPrincipal peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
      exchange(
          Channels.newInputStream(client),
          Channels.newOutputStream(client),
          peer.user().getName(),
          true);
    } catch (IOException e) {
      log.atDebug().addKeyValue("reason", e.getMessage()).log("local client went away");
    }
  }

  private void serveTcp(Socket client, Optional<LiveTls> tls) {
    String from = client.getInetAddress().getHostAddress();
    try {
      client.setSoTimeout(IDLE_MILLIS);
      client.setTcpNoDelay(true);
      if (tls.isEmpty()) {
        exchange(client.getInputStream(), client.getOutputStream(), from, false);
        return;
      }
      int first = client.getInputStream().read();
      if (first == PROBE) {
        client.getOutputStream().write(sign.getAsInt());
        client.getOutputStream().flush();
      } else if (first >= 0) {
        ByteArrayInputStream consumed = new ByteArrayInputStream(new byte[] {(byte) first});
        serveTls(
            (SSLSocket)
                tls.get().context().getSocketFactory().createSocket(client, consumed, false),
            tls.get(),
            from);
      }
    } catch (SSLException e) {
      log.atWarn()
          .addKeyValue("target", from)
          .addKeyValue("reason", e.getMessage())
          .log("connection without a good certificate refused");
      drain(client);
    } catch (IOException e) {
      log.atDebug().addKeyValue("reason", e.getMessage()).log("remote client went away");
    }
  }

  /// Whoever closes with something unread takes the reason that it has just given back.
  private static void drain(Socket client) {
    try {
      client.setSoTimeout(LAST_WORDS_MILLIS);
      client.shutdownOutput();
      InputStream in = client.getInputStream();
      byte[] _ = in.readNBytes(LAST_WORDS);
    } catch (IOException e) {
      log.atDebug().addKeyValue("reason", e.getMessage()).log("client went away");
    }
  }

  private void serveTls(SSLSocket client, LiveTls tls, String from) throws IOException {
    client.setUseClientMode(false);
    client.setWantClientAuth(true);
    client.setEnabledProtocols(new String[] {"TLSv1.3"});
    client.startHandshake();
    String name = from;
    boolean trusted = false;
    Runnable deaf = () -> {};
    try {
      Certificate[] shown = client.getSession().getPeerCertificates();
      name = client.getSession().getPeerPrincipal().getName();
      trusted = true;
      deaf = tls.onChange(() -> tls.refusal(shown).ifPresent(_ -> close(client)));
    } catch (SSLPeerUnverifiedException e) {
      log.atDebug().addKeyValue("target", from).log("client shows no certificate");
    }
    try {
      if (trusted && tls.refusal(client.getSession().getPeerCertificates()).isPresent()) {
        return;
      }
      exchange(client.getInputStream(), client.getOutputStream(), name, trusted);
    } finally {
      deaf.run();
    }
  }

  private void exchange(InputStream from, OutputStream to, String client, boolean trusted)
      throws IOException {
    InputStream in = new BufferedInputStream(from);
    OutputStream out = new BufferedOutputStream(to);
    while (true) {
      Optional<HttpRequest> request = HttpRequest.read(in, client, trusted);
      if (request.isEmpty()) {
        return;
      }
      HttpReply reply = new HttpReply(out);
      try {
        handler.handle(request.get(), reply);
      } catch (RuntimeException e) {
        log.atError()
            .setCause(e)
            .addKeyValue("code", "HA-ADMIN-001")
            .addKeyValue("operation", request.get().path())
            .log("request failed");
        if (reply.begun()) {
          return;
        }
        reply.send(
            500,
            "application/json",
            "{\"code\":\"HA-ADMIN-001\",\"message\":\"internal error\",\"hint\":\"see the log of quorated\"}");
      }
    }
  }

  /// Ends accepting; the port is free when this returns, for as long as a thread waits for
  /// connections the kernel keeps it.
  @Override
  public void close() {
    close(socket);
    try {
      accepting.join(LAST_ACCEPT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      log.atDebug().addKeyValue("reason", e.getMessage()).log("not closed cleanly");
    }
  }
}
