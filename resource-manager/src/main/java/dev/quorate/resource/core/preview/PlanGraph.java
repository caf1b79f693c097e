package dev.quorate.resource.core.preview;

import dev.quorate.resource.core.policy.Decision;
import dev.quorate.resource.core.policy.Decision.Edge;
import dev.quorate.resource.core.policy.Decision.Step;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The steps of a plan and what each one waits for, for drawing.
///
/// @param edges those that do not follow from the others, sorted; pairs of indexes into the boxes
public record PlanGraph(List<Box> boxes, List<Edge> edges) {
  /// Above this many steps every relation is drawn, also those that follow from others.
  private static final int REDUCED = 10_000;

  /// How a step looks.
  public enum Look {
    /// It marks a point of the plan, and nothing is done.
    MARK("#eeeeee", "#888888"),
    /// It changes what runs.
    CHANGE("#cfe2ff", "#1f5fbf"),
    /// It looks, cleans up or announces.
    SIDE("#ffffff", "#444444"),
    /// It cuts off or shuts down a node.
    FENCE("#ffd0cc", "#b3261e");

    final String fill;
    final String line;

    Look(String fill, String line) {
      this.fill = fill;
      this.line = line;
    }
  }

  /// A step.
  public record Box(String label, Look look) {}

  /// Copies the lists.
  public PlanGraph {
    boxes = List.copyOf(boxes);
    edges = List.copyOf(edges);
  }

  /// The graph of a plan.
  public static PlanGraph of(Preview preview) {
    Decision decision = preview.decision();
    List<Box> boxes =
        decision.steps().stream().map(s -> new Box(PreviewText.text(s), look(s))).toList();
    List<Edge> edges = new ArrayList<>();
    if (boxes.size() > REDUCED || preview.loop()) {
      edges.addAll(decision.edges());
    } else {
      List<List<Integer>> waits = preview.waits(false);
      for (int then = 0; then < waits.size(); then++) {
        for (int first : waits.get(then)) {
          edges.add(new Edge(first, then));
        }
      }
    }
    edges.sort(Comparator.comparingInt(Edge::first).thenComparingInt(Edge::then));
    return new PlanGraph(boxes, edges);
  }

  private static Look look(Step step) {
    return switch (step.family()) {
      case "pseudo" -> Look.MARK;
      case "core" ->
          step.kind().equals("fence") || step.kind().equals("shutdown") ? Look.FENCE : Look.CHANGE;
      default -> Look.SIDE;
    };
  }

  /// The graph in the language of Graphviz.
  public List<String> graphviz() {
    List<String> lines = new ArrayList<>();
    lines.add("digraph plan {");
    lines.add("  node [shape=box, style=\"filled,rounded\", fontname=\"sans-serif\"];");
    for (int i = 0; i < boxes.size(); i++) {
      Box box = boxes.get(i);
      String label = box.label().replace("\\", "\\\\").replace("\"", "\\\"");
      lines.add(
          "  s"
              + i
              + " [label=\""
              + label
              + "\", fillcolor=\""
              + box.look().fill
              + "\", color=\""
              + box.look().line
              + "\"];");
    }
    edges.forEach(e -> lines.add("  s" + e.first() + " -> s" + e.then() + ";"));
    lines.add("}");
    return lines;
  }
}
