package dev.quorate.daemon;

import dev.quorate.daemon.cli.ConfigText;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.json.ClusterJson;
import java.nio.charset.StandardCharsets;

/// The state as JSON, without secrets.
final class SecretFree {
  private SecretFree() {}

  static String state(ClusterState s) {
    ClusterState masked = s.edit().configuration(ConfigText.masked(s.configuration())).build();
    return new String(ClusterJson.encode(masked), StandardCharsets.UTF_8);
  }
}
