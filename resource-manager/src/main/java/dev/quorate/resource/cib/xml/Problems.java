package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.Element;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Collects what is wrong with a document, so that all of it can be told at once.
final class Problems {
  /// A document with more than this many is told so.
  static final int LIMIT = 10_000;

  private final Listed refused = new Listed();
  private final Listed noticed = new Listed();

  /// The document must not be used.
  void refuse(Element at, String message) {
    refused.add(at.line(), idOf(at), message);
  }

  /// The document must not be used.
  void refuse(int line, String message) {
    refused.add(line, "", message);
  }

  /// The document can be used, but not all of it counts.
  void notice(Element at, String message) {
    noticed.add(at.line(), idOf(at), message);
  }

  /// Takes over what was found elsewhere.
  void addAll(Problems others) {
    refused.addAll(others.refused);
    noticed.addAll(others.noticed);
  }

  boolean anyRefused() {
    return refused.count > 0;
  }

  List<CibProblem> refused() {
    return refused.all();
  }

  List<CibProblem> noticed() {
    return noticed.all();
  }

  private static String idOf(Element element) {
    return element.attributes().getOrDefault("id", "");
  }

  private static final class Listed {
    private final List<CibProblem> first = new ArrayList<>();
    private int count;

    void add(int line, String id, String message) {
      count++;
      if (first.size() < LIMIT) {
        first.add(new CibProblem(line, id, message));
      }
    }

    void addAll(Listed others) {
      count += others.count;
      first.addAll(others.first.subList(0, Math.min(others.first.size(), LIMIT - first.size())));
    }

    List<CibProblem> all() {
      List<CibProblem> all = new ArrayList<>(first);
      all.sort(Comparator.comparingInt(CibProblem::line));
      if (count > first.size()) {
        all.add(new CibProblem(0, "", (count - first.size()) + " more"));
      }
      return List.copyOf(all);
    }
  }
}
