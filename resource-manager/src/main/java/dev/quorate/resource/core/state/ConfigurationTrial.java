package dev.quorate.resource.core.state;

import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.ConfigurationChange;
import java.util.List;

/// Tells what would come of changes, by the rules that hold when they are made.
public final class ConfigurationTrial {
  private ConfigurationTrial() {}

  /// Everything that is wrong with the changes together, each with what to do; empty if they would
  /// be accepted.
  public static List<String> problems(ClusterState state, List<ConfigurationChange> changes) {
    ConfigurationEditor editor = new ConfigurationEditor(state.configuration());
    changes.forEach(editor::apply);
    Draft draft = new Draft(state, state.position(), state.wallMillis());
    return ConfigurationRules.problems(draft, state.configuration(), editor).sentences();
  }

  /// What the changes lead to, whether it is right or not.
  public static ClusterConfiguration result(
      ClusterConfiguration before, List<ConfigurationChange> changes) {
    ConfigurationEditor editor = new ConfigurationEditor(before);
    changes.forEach(editor::apply);
    return editor.result();
  }

  /// What is wrong with the number of resources and constraints; empty if it is not too large.
  public static List<String> sizes(int resources, int constraints) {
    ConfigurationProblems problems = new ConfigurationProblems();
    ConfigurationCheck.checkSizes(0, resources, constraints, problems);
    return problems.sentences();
  }

  /// What is wrong with a change, whatever it leads to.
  public static List<String> faults(ClusterConfiguration before, ConfigurationChange change) {
    ConfigurationEditor editor = new ConfigurationEditor(before);
    editor.apply(change);
    return editor.faults().sentences();
  }

  /// Whether a change, made alone, is right and leaves the configuration as it is.
  public static boolean idle(ClusterConfiguration before, ConfigurationChange change) {
    ConfigurationEditor editor = new ConfigurationEditor(before);
    editor.apply(change);
    ClusterConfiguration after = editor.result();
    return editor.faults().isEmpty()
        && before.nodes().equals(after.nodes())
        && before.properties().equals(after.properties())
        && before.resourceDefaults().equals(after.resourceDefaults())
        && before.resources().equals(after.resources())
        && before.groups().equals(after.groups())
        && before.constraints().equals(after.constraints())
        && before.fenceDevices().equals(after.fenceDevices());
  }

  /// The name under which a cluster property is stored.
  public static String propertyName(String name) {
    return KnownOptions.PROPERTIES.canonical(name);
  }
}
