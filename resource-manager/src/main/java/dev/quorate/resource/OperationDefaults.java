package dev.quorate.resource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What holds for operations that an operator did not describe in full.
public final class OperationDefaults {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private OperationDefaults() {}

  /// The default for an operation.
  ///
  /// @param defaults the agent's
  public static OperationDefinition of(
      OperationKind kind, Role role, List<OperationDefinition> defaults) {
    return defaults.stream()
        .filter(d -> d.kind() == kind && d.role() == role)
        .findFirst()
        .or(() -> defaults.stream().filter(d -> d.kind() == kind).findFirst())
        .orElse(
            new OperationDefinition(
                kind,
                Duration.ZERO,
                TIMEOUT,
                role,
                kind == OperationKind.STOP ? OnFail.FENCE : OnFail.RESTART));
  }

  /// What was described, and the agent's defaults for everything else.
  public static List<OperationDefinition> complete(
      List<OperationDefinition> described, List<OperationDefinition> defaults) {
    List<OperationDefinition> all = new ArrayList<>(described);
    for (OperationDefinition standard : defaults) {
      boolean replaced =
          described.stream()
              .anyMatch(own ->
                  own.kind() == standard.kind()
                      && (own.role() == standard.role()
                          || own.role() == Role.STARTED
                          || standard.role() == Role.STARTED));
      if (!replaced) {
        all.add(standard);
      }
    }
    return all;
  }
}
