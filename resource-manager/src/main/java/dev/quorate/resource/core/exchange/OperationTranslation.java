package dev.quorate.resource.core.exchange;

import dev.quorate.resource.FlagText;
import dev.quorate.resource.OnFail;
import dev.quorate.resource.OperationDefaults;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.Role;
import dev.quorate.resource.cib.ResourceElement;
import dev.quorate.resource.core.rules.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Turns the operations of a resource into definitions.
final class OperationTranslation {
  /// Operations that agents of this cluster have no use for.
  private static final List<String> UNUSED =
      List.of("notify", "methods", "meta-data", "validate-all");

  private final String resource;
  private final List<OperationDefinition> defaults;
  private final Findings findings;

  OperationTranslation(String resource, List<OperationDefinition> defaults, Findings findings) {
    this.resource = resource;
    this.defaults = defaults;
    this.findings = findings;
  }

  List<OperationDefinition> all(List<ResourceElement.Operation> operations) {
    List<OperationDefinition> all = new ArrayList<>();
    for (ResourceElement.Operation operation : operations) {
      if (!UNUSED.contains(operation.name())) {
        definition(operation).ifPresent(all::add);
      }
    }
    return all;
  }

  private Optional<OperationDefinition> definition(ResourceElement.Operation operation) {
    Optional<OperationKind> kind = kind(operation.name());
    if (kind.isEmpty()) {
      findings.refuse(
          operation.id(),
          "operation %s of %s is not managed: remove it".formatted(operation.name(), resource));
      return Optional.empty();
    }
    Role role = Role.STARTED;
    Optional<Duration> timeout = Optional.empty();
    Optional<OnFail> onFail = Optional.empty();
    for (Map.Entry<String, String> entry : operation.attributes().entrySet()) {
      String value = entry.getValue();
      switch (entry.getKey()) {
        case "timeout" -> timeout = timeout(operation, value);
        case "role" -> role = Role.valueOf(value.toUpperCase(Locale.ROOT));
        case "on-fail" -> onFail = onFail(operation, value);
        case "enabled" -> enabled(operation, value);
        case "start-delay", "interval-origin", "record-pending", "description", "requires" ->
            findings.notice(operation.id(), entry.getKey() + " does not count");
        default ->
            findings.refuse(
                operation.id(),
                "option %s of operations is not managed: remove it".formatted(entry.getKey()));
      }
    }
    parameters(operation);
    OperationDefinition standard = OperationDefaults.of(kind.get(), role, defaults);
    return Optional.of(
        new OperationDefinition(
            kind.get(),
            Duration.ofMillis(operation.intervalMillis()),
            timeout.orElse(standard.timeout()),
            role,
            onFail.orElse(standard.onFail())));
  }

  private static Optional<OperationKind> kind(String name) {
    for (OperationKind kind : OperationKind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  private Optional<Duration> timeout(ResourceElement.Operation operation, String value) {
    OptionalLong millis = Durations.millis(value);
    if (millis.isEmpty() || millis.getAsLong() <= 0) {
      findings.refuse(operation.id(), "timeout is %s: write a time, as 20s".formatted(value));
      return Optional.empty();
    }
    return Optional.of(Duration.ofMillis(millis.getAsLong()));
  }

  private Optional<OnFail> onFail(ResourceElement.Operation operation, String value) {
    for (OnFail reaction : OnFail.values()) {
      if (reaction.name().equalsIgnoreCase(value.strip())) {
        return Optional.of(reaction);
      }
    }
    findings.refuse(
        operation.id(),
        "on-fail=%s is not managed: write ignore, block, stop, restart or fence".formatted(value));
    return Optional.empty();
  }

  private void enabled(ResourceElement.Operation operation, String value) {
    if (!FlagText.parse(value).orElse(false)) {
      findings.refuse(operation.id(), "enabled=" + value + " is not managed: remove the operation");
    }
  }

  private void parameters(ResourceElement.Operation operation) {
    findings
        .values(resource, "operation options", operation.meta(), Optional.empty())
        .forEach((name, value) ->
            findings.refuse(
                operation.id(), "option " + name + " must stand in the operation itself"));
    findings
        .values(resource, "operation parameters", operation.parameters(), Optional.empty())
        .forEach((name, value) -> {
          if (name.equals("OCF_CHECK_LEVEL")) {
            findings.notice(operation.id(), name + " does not count");
          } else {
            findings.refuse(
                operation.id(),
                "parameters of operations are not managed: remove %s".formatted(name));
          }
        });
  }
}
