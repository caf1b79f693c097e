package dev.quorate.daemon;

import dev.quorate.daemon.cli.ConfigText;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.json.ClusterJson;
import java.nio.charset.StandardCharsets;

/// The state as JSON, without secrets.
final class SecretFree {
  private SecretFree() {}

  static String state(ClusterState s) {
    ClusterState masked =
        new ClusterState(
            s.featureLevel(),
            s.position(),
            s.wallMillis(),
            s.lastChangeBy(),
            ConfigText.masked(s.configuration()),
            s.nodes(),
            s.views(),
            s.instances(),
            s.failCounts(),
            s.attributes(),
            s.intents(),
            s.primacies(),
            s.fencings(),
            s.trust());
    return new String(ClusterJson.encode(masked), StandardCharsets.UTF_8);
  }
}
