package dev.quorate.daemon.cli;

import dev.quorate.agents.core.postgresql.PostgresFigures;
import dev.quorate.agents.core.postgresql.Topology;
import dev.quorate.agents.core.postgresql.replication.InstanceReport;
import dev.quorate.agents.core.postgresql.replication.Replication;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.Durability;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Why commits do not wait for a standby.
final class AsyncReason {
  private AsyncReason() {}

  /// A line for each standby that is heard and that commits do not wait for.
  static List<String> lines(
      ClusterState state, ResourceDefinition resource, Replication replication) {
    List<String> lines = new ArrayList<>();
    replication
        .members()
        .forEach((node, member) -> {
          if (!member.report().primary()) {
            of(state, resource, replication, node)
                .ifPresent(why -> lines.add("%s is asynchronous: %s".formatted(node, why)));
          }
        });
    return lines;
  }

  /// Why not, as a sentence without its full stop; empty if they do.
  static Optional<String> of(
      ClusterState state, ResourceDefinition resource, Replication replication, NodeId node) {
    Optional<Primacy> primacy = PgCommands.primacy(state, resource);
    if (primacy.filter(p -> p.promise().required() > 0).isPresent()
        && primacy.get().promise().members().contains(node)) {
      return Optional.empty();
    }
    if (Durability.of(state.configuration(), resource) == Durability.ASYNC) {
      return Optional.of(
          "commits wait for nobody, as durability is async (hactl resource meta "
              + resource.id()
              + " durability=sync)");
    }
    if (!Topology.of(resource.parameters()).promotes(node)) {
      return Optional.of("it only keeps a copy (no-promote, delay): commits never wait for it");
    }
    Optional<InstanceReport> report =
        Optional.ofNullable(replication.members().get(node)).map(Replication.Member::report);
    if (report.isEmpty()) {
      return Optional.of("nothing was heard of it");
    }
    if (replication.primary().isEmpty()) {
      return Optional.of("nothing was heard of a primary");
    }
    NodeId primary = replication.primary().get();
    Optional<NodeId> upstream = report.get().upstream();
    if (upstream.filter(u -> !u.equals(primary)).isPresent()) {
      return Optional.of(
          "it streams from "
              + upstream.get()
              + ", and commits wait only for those who stream from the primary");
    }
    return Optional.of(link(replication, primary, node));
  }

  private static String link(Replication replication, NodeId primary, NodeId node) {
    List<PostgresFigures.Link> links =
        Optional.ofNullable(replication.members().get(primary)).stream()
            .flatMap(m -> m.report().figures().links().stream())
            .filter(l -> l.application().equals(node.name()))
            .toList();
    if (links.isEmpty()) {
      return "it does not stream";
    }
    if (links.size() > 1) {
      return links.size() + " connections use its name, so none of them counts";
    }
    return links.getFirst().state().equals("streaming")
        ? "it has only just caught up"
        : "it has not caught up yet (" + links.getFirst().state() + ")";
  }
}
