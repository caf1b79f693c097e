package dev.quorate.daemon;

import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.config.Identity;
import dev.quorate.daemon.secrets.FounderSeats;
import dev.quorate.membership.NodeId;
import java.util.List;

/// A founder that was let in before asks to be let in again, and there is no quorum that would know
/// whether it voted in between.
final class SecondSeat {
  private SecondSeat() {}

  /// What the operator can do.
  static HactlError refused(DaemonConfig here, FounderSeats founders, NodeId joining) {
    List<NodeId> free =
        here.identity().stream()
            .map(Identity::peers)
            .flatMap(peers -> peers.keySet().stream())
            .filter(peer -> !founders.taken(peer))
            .toList();
    String otherwise =
        free.isEmpty()
            ? "if not, and nothing has ever run on this cluster, set it up again: on every node stop quorate and remove %s and the identity in %s, then 'hactl cluster setup'"
                .formatted(here.stateDirectory(), here.file())
            : "if not, join %s first: once there is a quorum, %s is let in again"
                .formatted(free.getFirst(), joining);
    return new HactlError(
        ExitCode.NO_QUORUM,
        "HA-QUORUM-009",
        "%s was let in before, and there is no quorum to tell whether it has voted since"
            .formatted(joining),
        "if %s has what it was handed, type 'hactl cluster start' there; %s"
            .formatted(joining, otherwise));
  }
}
