package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a failed operation is configured to call for.
final class OnFailures {
  private OnFailures() {}

  static OnFailure of(Model model, Resource resource, HistoryEntry entry) {
    return of(model, resource, entry.operation(), entry.intervalMillis());
  }

  static OnFailure of(Model model, Resource resource, String name, long intervalMillis) {
    Operation operation = configured(resource, name, intervalMillis, true);
    String text = operation == null ? null : operation.meta().get("on-fail");
    OnFailure parsed = parse(model, resource, text, name, intervalMillis, operation);
    return parsed != null ? parsed : byDefault(model, resource, name);
  }

  static @Nullable Operation configured(Resource resource, String name, long intervalMillis) {
    return configured(resource, name, intervalMillis, false);
  }

  private static @Nullable Operation configured(
      Resource resource, String name, long intervalMillis, boolean disabledToo) {
    for (Operation operation : resource.operations) {
      if ((operation.enabled() || disabledToo)
          && operation.name().equals(name)
          && operation.intervalMillis() == intervalMillis) {
        return operation;
      }
    }
    return null;
  }

  private static @Nullable OnFailure parse(
      Model model,
      Resource resource,
      @Nullable String text,
      String name,
      long intervalMillis,
      @Nullable Operation operation) {
    if (text == null) {
      return name.equals("demote") ? fromPromotedMonitor(model, resource) : null;
    }
    boolean stop = name.equals("stop");
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "ignore", "nothing" -> OnFailure.IGNORE;
      case "block" -> OnFailure.BLOCK;
      case "stop" -> stop ? null : OnFailure.STOP;
      case "restart" -> OnFailure.RESTART;
      case "restart-container" -> OnFailure.RESTART_CONTAINER;
      case "fence" -> model.options.fencing() ? OnFailure.FENCE : OnFailure.STOP;
      case "standby" -> stop ? null : OnFailure.STANDBY;
      case "demote" ->
          name.equals("promote")
                  || (name.equals("monitor")
                      && intervalMillis > 0
                      && operation != null
                      && operation.role() == RoleLevel.PROMOTED)
              ? OnFailure.DEMOTE
              : null;
      default -> null;
    };
  }

  /// A demotion that fails is treated as the promoted role's monitor would be.
  private static @Nullable OnFailure fromPromotedMonitor(Model model, Resource resource) {
    for (Operation operation : resource.operations) {
      String text = operation.element().attributes().get("on-fail");
      if (operation.enabled()
          && operation.name().equals("monitor")
          && operation.intervalMillis() > 0
          && operation.role() == RoleLevel.PROMOTED
          && text != null
          && !text.equalsIgnoreCase("demote")) {
        return parse(model, resource, text, "demote", 0, operation);
      }
    }
    return null;
  }

  private static OnFailure byDefault(Model model, Resource resource, String name) {
    if (resource.container != null) {
      return OnFailure.RESTART_CONTAINER;
    }
    if (name.equals("stop")) {
      return model.options.fencing() ? OnFailure.FENCE : OnFailure.BLOCK;
    }
    return name.equals("lrm_delete") || resource.id.isEmpty()
        ? OnFailure.IGNORE
        : OnFailure.RESTART;
  }
}
