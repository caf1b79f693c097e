package dev.quorate.resource.core.state;

import dev.quorate.resource.CommandAnswer;
import java.util.ArrayList;
import java.util.List;

/// Everything that is wrong with a change, so that the operator learns all of it at once.
final class ConfigurationProblems {
  private record Problem(String code, String message, String hint) {}

  private final List<Problem> problems = new ArrayList<>();

  void add(String code, String message, String hint) {
    Problem problem = new Problem(code, message, hint);
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  /// Each problem with what to do about it.
  List<String> sentences() {
    return problems.stream()
        .map(p -> p.hint().isEmpty() ? p.message() : p.message() + ": " + p.hint())
        .toList();
  }

  /// One answer: the code of the first problem, and the messages and hints of all.
  CommandAnswer refusal() {
    return new CommandAnswer.Refused(
        problems.getFirst().code(),
        String.join("; ", problems.stream().map(Problem::message).toList()),
        String.join(
            "; ",
            problems.stream().map(Problem::hint).filter(h -> !h.isEmpty()).distinct().toList()));
  }
}
