package dev.quorate.daemon.pair;

import dev.quorate.consensus.LogMembers;
import dev.quorate.membership.NodeId;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the peer a member of the log of who goes on alone: it listens, and then it votes. One
/// change at a time; confined to one thread.
final class TakingIn {
  private static final Logger log = LoggerFactory.getLogger(TakingIn.class);

  private final NodeId self;
  private final NodeId peer;
  private final PairLog pairLog;
  private final Consumer<Runnable> loop;
  private boolean changing;

  /// @param loop runs what is to be done when a change has come to something
  TakingIn(NodeId self, NodeId peer, PairLog pairLog, Consumer<Runnable> loop) {
    this.self = self;
    this.peer = peer;
    this.pairLog = pairLog;
    this.loop = loop;
  }

  /// Whether the peer listens and has everything.
  ///
  /// @param copies whether it is let in if it does not listen yet
  boolean hasEverything(boolean copies) {
    LogMembers members = pairLog.members();
    if (changing) {
      return false;
    }
    if (copies && members.of(peer).isEmpty() && members.votes(self)) {
      change(members.withListener(peer, 1, pairLog.endpoint(peer)));
      return false;
    }
    return members.of(peer).isPresent() && !members.votes(peer) && pairLog.caughtUp(peer);
  }

  /// Lets the peer vote that listens.
  void vote() {
    LogMembers members = pairLog.members();
    if (!changing && members.of(peer).isPresent() && !members.votes(peer)) {
      change(members.withVoter(peer));
    }
  }

  private void change(LogMembers target) {
    changing = true;
    var _ =
        pairLog
            .changeMembers(target)
            .whenComplete((outcome, failure) ->
                loop.accept(() -> {
                  changing = false;
                  log.atInfo()
                      .addKeyValue("target", target.all().values())
                      .addKeyValue("reason", failure == null ? outcome : failure)
                      .log("members of the log changed");
                }));
  }
}
