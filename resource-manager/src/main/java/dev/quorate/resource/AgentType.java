package dev.quorate.resource;

/// Names an agent as users of Pacemaker do: `ocf:heartbeat:IPaddr2`, `stonith:fence_ipmilan`.
///
/// @param provider empty for standards that have none
public record AgentType(String standard, String provider, String type) {
  /// Parses `standard:provider:type` or `standard:type`; a bare `type` means `ocf:heartbeat:type`.
  ///
  /// @throws IllegalArgumentException naming the text
  public static AgentType parse(String text) {
    String[] parts = text.split(":", -1);
    for (String part : parts) {
      if (!part.matches("[A-Za-z0-9._@-]+")) {
        throw new IllegalArgumentException(
            "'" + text + "' is not an agent: use standard:provider:type, as ocf:heartbeat:IPaddr2");
      }
    }
    return switch (parts.length) {
      case 1 -> new AgentType("ocf", "heartbeat", parts[0]);
      case 2 -> new AgentType(parts[0], "", parts[1]);
      case 3 -> new AgentType(parts[0], parts[1], parts[2]);
      default ->
          throw new IllegalArgumentException("'" + text + "' is not an agent: too many ':' in it");
    };
  }

  @Override
  public String toString() {
    return provider.isEmpty() ? standard + ":" + type : standard + ":" + provider + ":" + type;
  }
}
