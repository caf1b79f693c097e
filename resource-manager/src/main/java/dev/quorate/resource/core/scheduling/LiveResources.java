package dev.quorate.resource.core.scheduling;

import dev.quorate.resource.AgentType;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceDefinition.Form;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.cib.ResourceElement;
import dev.quorate.resource.core.scheduling.Eligibility.Candidate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// The resources of a live cluster as elements of the document that decisions are taken from.
///
/// What a member has of its group or of the defaults is written into the member. A group stands
/// where its first member does.
final class LiveResources {
  /// What groups and clones say for themselves, and members do not have of them.
  private static final List<String> OF_WHOLE =
      List.of("priority", "ordered", "collocated", "interleave", "clone-min");

  private final Eligibility eligibility;

  LiveResources(Eligibility eligibility) {
    this.eligibility = eligibility;
  }

  List<ResourceElement> all() {
    List<ResourceElement> resources = new ArrayList<>();
    TreeSet<ResourceId> grouped = new TreeSet<>();
    for (ResourceDefinition definition : eligibility.state().configuration().resources()) {
      Optional<GroupDefinition> group =
          eligibility.state().configuration().groupOf(definition.id());
      Candidate candidate = eligibility.resources().get(definition.id());
      if (group.isPresent()) {
        if (grouped.add(group.get().id())) {
          resources.add(element(group.get()));
        }
      } else if (candidate != null) {
        SortedMap<String, String> meta = meta(candidate);
        SortedMap<String, String> own = new TreeMap<>(meta);
        own.putAll(ofWhole(definition.form().meta()));
        resources.add(cloned(definition.form(), own, primitive(candidate, meta)));
      }
    }
    return resources;
  }

  private ResourceElement element(GroupDefinition group) {
    List<ResourceElement.Primitive> members = new ArrayList<>();
    for (ResourceId member : group.members()) {
      Candidate candidate = eligibility.resources().get(member);
      if (candidate != null) {
        members.add(primitive(candidate, meta(candidate)));
      }
    }
    SortedMap<String, String> own = ofWhole(eligibility.state().configuration().resourceDefaults());
    own.putAll(ofWhole(group.meta()));
    own.putAll(ofWhole(group.form().meta()));
    return cloned(
        group.form(),
        own,
        new ResourceElement.Group(
            group.id().name(),
            "",
            List.of(LiveDocument.block(group.id() + "-meta", own)),
            List.of(),
            members));
  }

  private static SortedMap<String, String> ofWhole(SortedMap<String, String> meta) {
    SortedMap<String, String> whole = new TreeMap<>(meta);
    whole.keySet().retainAll(OF_WHOLE);
    return whole;
  }

  private static ResourceElement cloned(
      Form form, SortedMap<String, String> meta, ResourceElement child) {
    SortedMap<String, String> own = new TreeMap<>(meta);
    return switch (form) {
      case Form.Primitive() -> child;
      case Form.Clone(var clone, var most, _) -> {
        own.put("promotable", "false");
        yield clone(clone, most, own, child);
      }
      case Form.Promotable(var clone, var most, var promoted, _) -> {
        own.put("promotable", "true");
        own.put("promoted-max", Integer.toString(promoted));
        yield clone(clone, most, own, child);
      }
    };
  }

  private static ResourceElement clone(
      ResourceId id, int most, SortedMap<String, String> meta, ResourceElement child) {
    if (most > 0) {
      meta.put("clone-max", Integer.toString(most));
    }
    return new ResourceElement.Clone(
        id.name(),
        "",
        meta.getOrDefault("promotable", "").equals("true"),
        List.of(LiveDocument.block(id + "-meta", meta)),
        List.of(),
        child);
  }

  private static ResourceElement.Primitive primitive(
      Candidate candidate, SortedMap<String, String> meta) {
    String id = candidate.id().name();
    AgentType agent = candidate.definition().agent();
    SortedMap<String, String> onFail = new TreeMap<>();
    onFail.put("on-fail", "block");
    return new ResourceElement.Primitive(
        id,
        agent.standard(),
        agent.provider(),
        agent.type(),
        "",
        "",
        List.of(LiveDocument.block(id + "-meta", meta)),
        List.of(),
        List.of(LiveDocument.block(id + "-utilization", candidate.definition().utilization())),
        List.of(
            new ResourceElement.Operation(id + "-stop", "stop", 0, onFail, List.of(), List.of())));
  }

  private SortedMap<String, String> meta(Candidate candidate) {
    ResourceOptions options = eligibility.options(candidate.definition());
    SortedMap<String, String> meta = new TreeMap<>();
    meta.put("priority", Integer.toString(options.priority()));
    meta.put("resource-stickiness", options.stickiness().toString());
    meta.put("migration-threshold", Integer.toString(options.threshold()));
    meta.put("failure-timeout", options.failureTimeout() + "ms");
    meta.put("is-managed", Boolean.toString(candidate.managed()));
    meta.put("requires", mayRunOnLost(candidate) ? "fencing" : "quorum");
    if (candidate.limit() == Role.STOPPED) {
      meta.put("target-role", "Stopped");
    } else if (candidate.limit() == Role.UNPROMOTED) {
      meta.put("target-role", "Unpromoted");
    }
    return meta;
  }

  /// Whether fencing must come before a start. What has data to lose goes by its grant.
  private boolean mayRunOnLost(Candidate candidate) {
    return !eligibility.hasData(candidate.id())
        && candidate.instances().values().stream()
            .anyMatch(i ->
                switch (eligibility.standing(i.node()).kind()) {
                  case CONDEMNED, UNCLEAN -> i.mayRun();
                  case USABLE, STANDBY, MAINTENANCE, FROZEN, ABSENT -> false;
                });
  }
}
