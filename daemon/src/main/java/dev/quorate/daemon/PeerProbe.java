package dev.quorate.daemon;

import dev.quorate.daemon.http.HttpListener;
import dev.quorate.resource.Absence;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;

/// Asks a node whether it lives. A connection that is merely accepted proves nothing: the kernel of
/// a frozen machine's daemon accepts too.
final class PeerProbe {
  private static final Duration LIMIT = Duration.ofMillis(150);

  private PeerProbe() {}

  /// What can be found out in [#LIMIT], once the address is known.
  static Absence ask(String host, int port) {
    long began = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) LIMIT.toMillis());
      long left = LIMIT.toMillis() - (System.nanoTime() - began) / 1_000_000;
      if (left <= 0) {
        return Absence.SILENT;
      }
      socket.setSoTimeout((int) left);
      socket.getOutputStream().write(HttpListener.PROBE);
      return switch (socket.getInputStream().read()) {
        case HttpListener.ALIVE -> Absence.ALIVE;
        case HttpListener.WAITING -> Absence.DAEMON_GONE;
        default -> Absence.SILENT;
      };
    } catch (ConnectException e) {
      boolean refused = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("refused");
      return refused ? Absence.DAEMON_GONE : Absence.SILENT;
    } catch (IOException e) {
      return Absence.SILENT;
    }
  }
}
