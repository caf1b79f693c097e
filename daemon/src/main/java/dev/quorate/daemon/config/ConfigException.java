package dev.quorate.daemon.config;

import java.util.List;
import java.util.stream.Collectors;

/// The configuration cannot be used. Carries every problem, not only the first.
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<ConfigProblem> problems;

  /// Lists the problems, of which there is at least one.
  public ConfigException(List<ConfigProblem> problems) {
    super(problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /// What is wrong.
  public List<ConfigProblem> problems() {
    return problems;
  }
}
