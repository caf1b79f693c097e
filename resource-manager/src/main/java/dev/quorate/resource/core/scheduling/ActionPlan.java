package dev.quorate.resource.core.scheduling;

import dev.quorate.resource.Action;
import dev.quorate.resource.Action.FenceAction;
import dev.quorate.resource.Action.OperationAction;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.ResourceId;
import java.util.List;

/// Phase 4: everything that must be done to get from the state to the placement, not yet ordered.
///
/// @param actions sorted
/// @param held what would have to be done as well, and cannot
public record ActionPlan(Placement placement, List<Action> actions, List<Held> held) {
  /// An action that must not happen in this plan.
  ///
  /// @param reason what it waits for, for a human
  public record Held(OperationAction action, String reason) {
    @Override
    public String toString() {
      return action.key() + ": " + reason;
    }
  }

  /// Sorts and copies.
  public ActionPlan {
    actions = actions.stream().sorted().toList();
    held = List.copyOf(held);
  }

  /// The operations of one kind on a resource.
  public List<OperationAction> operations(ResourceId resource, OperationKind kind) {
    return actions.stream()
        .filter(OperationAction.class::isInstance)
        .map(OperationAction.class::cast)
        .filter(a -> a.kind() == kind && a.resource().equals(resource))
        .toList();
  }

  /// The nodes to be fenced.
  public List<FenceAction> fences() {
    return actions.stream()
        .filter(FenceAction.class::isInstance)
        .map(FenceAction.class::cast)
        .toList();
  }

  /// One line for each action, then for each that is held back.
  public String text() {
    StringBuilder text = new StringBuilder();
    actions.forEach(a -> text.append(a.key()).append('\n'));
    held.forEach(h -> text.append("not ").append(h).append('\n'));
    return text.toString();
  }
}
