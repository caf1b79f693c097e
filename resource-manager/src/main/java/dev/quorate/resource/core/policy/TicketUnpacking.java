package dev.quorate.resource.core.policy;

import dev.quorate.resource.ConstraintElement.ResourceSet;
import dev.quorate.resource.ConstraintElement.Ticket;
import dev.quorate.resource.cib.CibStatus.TicketState;
import java.util.List;

/// Lets resources run only where their ticket is granted.
final class TicketUnpacking {
  private final Model model;

  TicketUnpacking(Model model) {
    this.model = model;
  }

  void unpack(Ticket ticket) {
    if (!ticket.sets().isEmpty()) {
      for (ResourceSet set : ticket.sets()) {
        RoleLevel role = Names.role(set.role().or(ticket::role));
        for (Resource resource : Names.resources(model, ticket.id(), set.resources())) {
          apply(ticket, resource, role);
        }
      }
      return;
    }
    for (Resource resource : Names.resources(model, ticket.id(), List.of(ticket.resource()))) {
      apply(ticket, resource, Names.role(ticket.role()));
    }
  }

  private void apply(Ticket ticket, Resource resource, RoleLevel role) {
    boolean granted = false;
    boolean standby = false;
    for (TicketState state : model.cib.status().tickets()) {
      if (state.id().equals(ticket.ticket())) {
        granted = ClusterOptions.flag(state.attributes(), "granted", "", false);
        standby = ClusterOptions.flag(state.attributes(), "standby", "", false);
      }
    }
    if (granted && !standby) {
      return;
    }
    if (role == RoleLevel.PROMOTED) {
      resource.top().promotionForbidden = true;
    }
    apply(resource, role, policy(ticket, role), granted);
  }

  private String policy(Ticket ticket, RoleLevel role) {
    String policy = ticket.lossPolicy();
    if (policy.equals("fence") && !model.options.fencing()) {
      return "stop";
    }
    if (policy.isEmpty()) {
      return role == RoleLevel.PROMOTED ? "demote" : "stop";
    }
    return policy;
  }

  private void apply(Resource resource, RoleLevel role, String policy, boolean granted) {
    if (!resource.children.isEmpty()) {
      for (Resource child : resource.children) {
        apply(child, role, policy, granted);
      }
      return;
    }
    boolean concerns = role == RoleLevel.UNKNOWN || role == resource.role;
    if (granted || resource.active.isEmpty()) {
      if (role != RoleLevel.PROMOTED || policy.equals("stop")) {
        model.addScore(resource, null, -Scores.INFINITY);
      }
      return;
    }
    switch (policy) {
      case "demote" -> {
        if (role != RoleLevel.PROMOTED) {
          model.addScore(resource, null, -Scores.INFINITY);
        }
      }
      case "fence" -> {
        if (concerns) {
          model.addScore(resource, null, -Scores.INFINITY);
          resource.active.forEach(node -> node.fence("a deadman ticket was lost", false));
        }
      }
      case "freeze" -> {
        if (concerns) {
          resource.managed = false;
          resource.blocked = true;
        }
      }
      default -> model.addScore(resource, null, -Scores.INFINITY);
    }
  }
}
