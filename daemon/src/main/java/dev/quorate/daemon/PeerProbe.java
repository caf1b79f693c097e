package dev.quorate.daemon;

import dev.quorate.daemon.http.HttpListener;
import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.Absence;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;

/// Asks a node whether it lives. A connection that is merely accepted proves nothing: the kernel of
/// a frozen machine's daemon accepts too. One that is refused, or closed without an answer, is the
/// work of a kernel whose daemon has ended or is about to.
final class PeerProbe {
  private static final Duration LIMIT = Duration.ofMillis(150);
  private static final int ENDED = -1;

  private PeerProbe() {}

  /// What can be found out in [#LIMIT], half of which a name server may take.
  static Absence ask(HostAddresses hosts, String host, int port) {
    long began = System.nanoTime();
    Optional<InetAddress> address;
    try {
      address = hosts.within(host, LIMIT.dividedBy(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Absence.SILENT;
    }
    if (address.isEmpty()) {
      return Absence.SILENT;
    }
    try (Socket socket = new Socket()) {
      long rest = Math.max(1, LIMIT.toMillis() - (System.nanoTime() - began) / 1_000_000);
      socket.connect(new InetSocketAddress(address.get(), port), (int) rest);
      long left = LIMIT.toMillis() - (System.nanoTime() - began) / 1_000_000;
      if (left <= 0) {
        return Absence.SILENT;
      }
      return answer(socket, (int) left);
    } catch (IOException e) {
      return unconnected(e);
    }
  }

  /// What follows from a connection that did not come about within seconds. Only a kernel that
  /// lives refuses one; this machine's gives up by itself after minutes. The words are in the
  /// language of this machine and say nothing more.
  static Absence unconnected(IOException e) {
    return e instanceof ConnectException ? Absence.DAEMON_GONE : Absence.SILENT;
  }

  private static Absence answer(Socket socket, int limitMillis) {
    try {
      socket.setSoTimeout(limitMillis);
      socket.getOutputStream().write(HttpListener.PROBE);
      return switch (socket.getInputStream().read()) {
        case HttpListener.ALIVE -> Absence.ALIVE;
        case HttpListener.WAITING, ENDED -> Absence.DAEMON_GONE;
        default -> Absence.SILENT;
      };
    } catch (SocketTimeoutException e) {
      return Absence.SILENT;
    } catch (IOException e) {
      return Absence.DAEMON_GONE; // reset by its kernel
    }
  }
}
