package dev.quorate.daemon;

import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.Role;
import java.util.Locale;
import java.util.Optional;

/// What an operator would tell a colleague about a change.
final class ChangeText {
  private ChangeText() {}

  static Optional<String> of(ClusterChange change) {
    return switch (change) {
      case ClusterChange.ConfigurationChanged(var version, var client) ->
          Optional.of("configuration changed to version " + version + " by " + client);
      case ClusterChange.NodeChanged(var node, var before, var after) ->
          before == after.presence()
              ? Optional.empty()
              : Optional.of(
                  "node " + node + " is " + lower(after.presence()) + reason(after.reason()));
      case ClusterChange.InstanceChanged(var resource, var node, var before, var after) ->
          before == after.role() && after.reason().isEmpty()
              ? Optional.empty()
              : Optional.of(
                  resource
                      + " on "
                      + node
                      + " is "
                      + lower(after.role())
                      + ", "
                      + lower(after.certainty())
                      + reason(after.reason()));
      case ClusterChange.FailureCounted(var resource, var node, var count) ->
          Optional.of(
              "%s on %s failed at %s (%d)%s"
                  .formatted(
                      resource,
                      node,
                      lower(count.operation()),
                      count.count(),
                      reason(count.reason())));
      case ClusterChange.IntentBegun(var intent) -> Optional.of("begun: " + intent.action().key());
      case ClusterChange.IntentFinished(var intent, var result) ->
          Optional.of(
              "finished: "
                  + intent.action().key()
                  + ", "
                  + lower(result.status())
                  + (result.observed() == Role.STOPPED ? "" : ", " + lower(result.observed()))
                  + reason(result.reason()));
      case ClusterChange.IntentDropped(var intent, var why) ->
          Optional.of("dropped: " + intent.action().key() + reason(why));
      case ClusterChange.PrimacyChanged(var before, var after) ->
          before.holder().equals(after.holder())
              ? Optional.empty()
              : Optional.of(after.resource() + " epoch " + after.epoch() + ": " + after.holder());
      case ClusterChange.ElectionOpened(var resource, var round) ->
          Optional.of(resource + " election " + round.round() + " opened" + reason(round.reason()));
      case ClusterChange.VoteCast(var resource, var round, var vote) ->
          Optional.of(
              resource
                  + " election "
                  + round
                  + ": "
                  + vote.node()
                  + " offers timeline "
                  + vote.timeline()
                  + " position "
                  + vote.position());
      case ClusterChange.ElectionClosed(var resource, var result) ->
          Optional.of(resource + " election " + result.round() + " ended: " + result);
      case ClusterChange.TrustChanged(var text, var client) ->
          Optional.of(text + " (by " + client + ")");
      case ClusterChange.FencingRecorded(var outcome) ->
          Optional.of(
              "fencing of "
                  + outcome.target()
                  + (outcome.confirmed() ? " confirmed by " + outcome.device() : " failed")
                  + reason(outcome.reason()));
    };
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String reason(String text) {
    return text.isEmpty() ? "" : ": " + text;
  }
}
