package dev.quorate.daemon.cli;

import dev.quorate.daemon.config.Durations;
import dev.quorate.fencing.SecretParameters;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.FenceDeviceDefinition;
import dev.quorate.resource.GroupDefinition;
import dev.quorate.resource.OperationDefinition;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import dev.quorate.resource.json.ClusterJson;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// The configuration as text, as `pcs config` shows it. Secrets are masked.
public final class ConfigText {
  private static final String MASK = "********";

  private ConfigText() {}

  static void all(Invocation in) {
    in.words().end();
    ClusterConfiguration configuration = in.configuration();
    if (in.options().json()) {
      in.out().line(new String(ClusterJson.encode(masked(configuration)), StandardCharsets.UTF_8));
      return;
    }
    Output out = in.out();
    out.line("Cluster Name: " + configuration.clusterName());
    out.line("Cluster Nodes:");
    configuration
        .nodes()
        .values()
        .forEach(n ->
            out.line("  " + n.id() + " " + n.address() + (n.voter() ? "" : " (does not vote)")));
    out.line("");
    resources(in);
    out.line("");
    devices(in);
    out.line("");
    ConstraintText.all(in);
    out.line("");
    out.line("Resources Defaults:");
    settings(out, "  ", configuration.resourceDefaults());
    out.line("");
    out.line("Cluster Properties:");
    settings(out, "  ", configuration.properties());
  }

  /// The same without secret values.
  public static ClusterConfiguration masked(ClusterConfiguration c) {
    return new ClusterConfiguration(
        c.clusterName(),
        c.version(),
        c.nodes(),
        c.properties(),
        c.resourceDefaults(),
        c.resources().stream().map(r -> r.withParameters(masked(r.parameters()))).toList(),
        c.groups(),
        c.constraints(),
        c.fenceDevices().stream()
            .map(d -> new FenceDeviceDefinition(d.id(), d.agent(), masked(d.parameters())))
            .toList());
  }

  private static SortedMap<String, String> masked(SortedMap<String, String> parameters) {
    SortedMap<String, String> masked = new TreeMap<>();
    parameters.forEach(
        (name, value) -> masked.put(name, SecretParameters.isSecret(name) ? MASK : value));
    return masked;
  }

  private static void settings(Output out, String indent, Map<String, String> settings) {
    settings.forEach((name, value) -> out.line(indent + name + "=" + value));
  }

  static void resources(Invocation in) {
    ClusterConfiguration configuration = in.configuration();
    Output out = in.out();
    if (in.words().has()) {
      Target target = in.target(in.words().take("RESOURCE"));
      configuration
          .group(target.id())
          .ifPresentOrElse(
              g -> group(out, configuration, g), () -> resource(out, target.parts().getFirst()));
      return;
    }
    out.line("Resources:");
    TreeSet<ResourceId> grouped = new TreeSet<>();
    for (ResourceDefinition resource : configuration.resources()) {
      Optional<GroupDefinition> group = configuration.groupOf(resource.id());
      if (group.isEmpty()) {
        resource(out, resource);
      } else if (grouped.add(group.get().id())) {
        group(out, configuration, group.get());
      }
    }
  }

  private static void group(Output out, ClusterConfiguration configuration, GroupDefinition group) {
    String indent = clone(out, group.form());
    out.line(indent + "Group: " + group.id());
    meta(out, indent + "  ", group.id(), group.meta());
    configuration.named(group.id()).forEach(r -> primitive(out, indent + "  ", r));
  }

  private static void resource(Output out, ResourceDefinition resource) {
    primitive(out, clone(out, resource.form()), resource);
  }

  /// Writes of what clone something is, if it is one.
  ///
  /// @return how far to the right what is in it stands
  private static String clone(Output out, ResourceDefinition.Form form) {
    SortedMap<String, String> meta = new TreeMap<>(form.meta());
    switch (form) {
      case ResourceDefinition.Form.Primitive() -> {
        return "  ";
      }
      case ResourceDefinition.Form.Clone(var id, var max, _) -> clone(out, id, max, meta);
      case ResourceDefinition.Form.Promotable(var id, var max, var promoted, _) -> {
        meta.put("promotable", "true");
        meta.put("promoted-max", Integer.toString(promoted));
        clone(out, id, max, meta);
      }
    }
    return "    ";
  }

  private static void clone(Output out, ResourceId id, int max, SortedMap<String, String> meta) {
    if (max > 0) {
      meta.put("clone-max", Integer.toString(max));
    }
    out.line("  Clone: " + id);
    meta(out, "    ", id, meta);
  }

  private static void meta(
      Output out, String indent, ResourceId id, SortedMap<String, String> meta) {
    if (!meta.isEmpty()) {
      out.line(indent + "Meta Attributes: " + id + "-meta_attributes");
      settings(out, indent + "  ", meta);
    }
  }

  private static void primitive(Output out, String indent, ResourceDefinition resource) {
    var agent = resource.agent();
    out.line(
        indent
            + "Resource: "
            + resource.id()
            + " (class="
            + agent.standard()
            + (agent.provider().isEmpty() ? "" : " provider=" + agent.provider())
            + " type="
            + agent.type()
            + ")");
    if (!resource.parameters().isEmpty()) {
      out.line(indent + "  Attributes: " + resource.id() + "-instance_attributes");
      settings(out, indent + "    ", masked(resource.parameters()));
    }
    meta(out, indent + "  ", resource.id(), resource.meta());
    if (!resource.utilization().isEmpty()) {
      out.line(indent + "  Utilization: " + resource.id() + "-utilization");
      settings(out, indent + "    ", resource.utilization());
    }
    out.line(indent + "  Operations:");
    for (OperationDefinition operation : resource.operations()) {
      String kind = operation.kind().name().toLowerCase(Locale.ROOT);
      String interval = Durations.text(operation.interval());
      out.line(
          indent + "    " + kind + ": " + resource.id() + "-" + kind + "-interval-" + interval);
      out.line(indent + "      interval=" + interval);
      out.line(indent + "      timeout=" + Durations.text(operation.timeout()));
      if (operation.role() != Role.STARTED) {
        out.line(indent + "      role=" + Roles.title(operation.role()));
      }
    }
  }

  static void devices(Invocation in) {
    in.words().end();
    in.out().line("Stonith Devices:");
    for (FenceDeviceDefinition device : in.configuration().fenceDevices()) {
      in.out().line("  Resource: " + device.id() + " (class=stonith type=" + device.agent() + ")");
      in.out().line("    Attributes: " + device.id() + "-instance_attributes");
      settings(in.out(), "      ", masked(device.parameters()));
    }
  }
}
