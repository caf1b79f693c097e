package dev.quorate.daemon;

import dev.quorate.membership.netty.HostAddresses;
import dev.quorate.resource.Absence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;

/// Asks whether a machine is on, before somebody's word is taken that it is off. Unlike [PeerProbe]
/// it takes a daemon that hangs, or whose log has failed, for a machine that is on: its database
/// may go on writing.
final class MachineProbe {
  private MachineProbe() {}

  /// Whether its kernel answers at a port, be it by a connection or by a refusal.
  ///
  /// @param patience how long it may take, half of which a name server may take
  static boolean answers(HostAddresses hosts, String host, int port, Duration patience) {
    long began = System.nanoTime();
    try (Socket socket = new Socket()) {
      Optional<InetAddress> address = hosts.within(host, patience.dividedBy(2));
      if (address.isEmpty()) {
        return false;
      }
      long rest = patience.toMillis() - (System.nanoTime() - began) / 1_000_000;
      socket.connect(new InetSocketAddress(address.get(), port), (int) Math.max(1, rest));
      return true;
    } catch (IOException e) {
      return PeerProbe.unconnected(e) == Absence.DAEMON_GONE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true; // the caller ends: nothing was found out
    }
  }
}
