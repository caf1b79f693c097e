package dev.quorate.agents.jdbc;

import dev.quorate.agents.linux.LinuxCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.SocketFactory;

/// Lets the JDBC driver, which knows TCP only, speak over a Unix socket. The driver makes it by
/// name, with the socket's path as the argument.
///
/// The connection is made in the name of the socket's owner, who is the server's operating-system
/// user: that is whom a line `local all postgres peer` of `pg_hba.conf`, Debian's default, lets in.
public final class UnixSocketFactory extends SocketFactory {
  private final Path path;

  /// Called by the driver.
  ///
  /// @param path the socket's path
  public UnixSocketFactory(String path) {
    this.path = Path.of(path);
  }

  @Override
  public Socket createSocket() throws IOException {
    return new ChannelSocket(SocketChannel.open(StandardProtocolFamily.UNIX), path);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket();
  }

  /// Only what the driver calls. Timeouts are ignored: the probe closes the channel when its
  /// deadline passes, which ends every wait on it.
  private static final class ChannelSocket extends Socket {
    private final SocketChannel channel;
    private final Path path;
    private int timeout;

    ChannelSocket(SocketChannel channel, Path path) {
      this.channel = channel;
      this.path = path;
    }

    @Override
    public void connect(SocketAddress ignored, int timeoutMillis) throws IOException {
      int owner = (int) Files.getAttribute(path, "unix:uid");
      FutureTask<Void> connected =
          new FutureTask<>(() -> {
            LinuxCalls.<IOException>asUser(
                owner, () -> channel.connect(UnixDomainSocketAddress.of(path)));
            return null;
          });
      Thread.ofPlatform().daemon().name("postgres-connect").start(connected);
      try {
        connected.get();
      } catch (ExecutionException e) {
        throw new IOException(String.valueOf(e.getCause()), e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while connecting to " + path, e);
      }
    }

    @Override
    public void connect(SocketAddress ignored) throws IOException {
      connect(ignored, 0);
    }

    @Override
    public InputStream getInputStream() {
      return Channels.newInputStream(channel);
    }

    @Override
    public OutputStream getOutputStream() {
      return Channels.newOutputStream(channel);
    }

    @Override
    public boolean isConnected() {
      return channel.isConnected();
    }

    @Override
    public boolean isClosed() {
      return !channel.isOpen();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }

    @Override
    public void setSoTimeout(int millis) {
      timeout = millis;
    }

    @Override
    public int getSoTimeout() {
      return timeout;
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public boolean getTcpNoDelay() {
      return true;
    }

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public int getReceiveBufferSize() {
      return 8192;
    }

    @Override
    public int getSendBufferSize() {
      return 8192;
    }
  }
}
