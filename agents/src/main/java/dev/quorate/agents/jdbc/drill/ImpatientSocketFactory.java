package dev.quorate.agents.jdbc.drill;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/// Makes sockets that soon give up connecting, as an application does that wants to notice a moved
/// address. The driver's own limit counts in whole seconds.
public final class ImpatientSocketFactory extends SocketFactory {
  private final int connectMillis;

  /// A factory whose sockets wait that many milliseconds; the driver hands the text over.
  public ImpatientSocketFactory(String connectMillis) {
    this.connectMillis = Integer.parseInt(connectMillis);
  }

  @Override
  public Socket createSocket() {
    return new Socket() {
      @Override
      public void connect(SocketAddress endpoint, int timeout) throws IOException {
        super.connect(endpoint, connectMillis);
      }
    };
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    Socket socket = createSocket();
    socket.connect(new InetSocketAddress(host, port), connectMillis);
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }
}
