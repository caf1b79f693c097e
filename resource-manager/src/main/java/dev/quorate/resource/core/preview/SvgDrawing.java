package dev.quorate.resource.core.preview;

import dev.quorate.resource.core.policy.Decision.Edge;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Draws a plan as SVG.
public final class SvgDrawing {
  private static final int MARGIN = 12;
  private static final int BOX = 26;
  private static final int STEP = 70;
  private static final int LETTER = 7;

  private SvgDrawing() {}

  /// The lines of the document. A plan with a loop is drawn without the lines that close it.
  public static List<String> of(PlanGraph graph) {
    List<Double> widths =
        graph.boxes().stream().map(box -> (double) box.label().length() * LETTER + 16).toList();
    Layers layers = new Layers(widths, graph.edges());
    List<String> lines = new ArrayList<>();
    lines.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\""
            + attribute("width", layers.width() + 2 * MARGIN)
            + attribute("height", Math.max(0, layers.height() - 1) * STEP + BOX + 2 * MARGIN)
            + " font-family=\"monospace\" font-size=\"11\">");
    lines.add(
        "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\""
            + " markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\""
            + " fill=\"#666666\"/></marker></defs>");
    lines.add("<g fill=\"none\" stroke=\"#666666\">");
    for (int i = 0; i < layers.routes().size(); i++) {
      Edge edge = graph.edges().get(i);
      if (layers.layer(edge.first()) < layers.layer(edge.then())) {
        lines.add(line(layers.routes().get(i), layers));
      }
    }
    lines.add("</g>");
    for (int i = 0; i < graph.boxes().size(); i++) {
      box(graph.boxes().get(i), widths.get(i), layers, i, lines);
    }
    lines.add("</svg>");
    return lines;
  }

  private static String line(List<Integer> route, Layers layers) {
    StringBuilder path = new StringBuilder("<path marker-end=\"url(#tip)\" d=\"");
    for (int i = 0; i < route.size(); i++) {
      int item = route.get(i);
      String x = number(MARGIN + layers.middle(item));
      int top = MARGIN + layers.layer(item) * STEP;
      if (i == 0) {
        path.append("M").append(x).append(' ').append(top + BOX);
      } else if (i == route.size() - 1) {
        path.append("L").append(x).append(' ').append(top);
      } else {
        path.append("L").append(x).append(' ').append(top);
        path.append("L").append(x).append(' ').append(top + BOX);
      }
    }
    return path.append("\"/>").toString();
  }

  private static void box(
      PlanGraph.Box box, double width, Layers layers, int item, List<String> lines) {
    int top = MARGIN + layers.layer(item) * STEP;
    double middle = MARGIN + layers.middle(item);
    lines.add(
        "<rect"
            + attribute("x", middle - width / 2)
            + attribute("y", top)
            + attribute("width", width)
            + attribute("height", BOX)
            + " rx=\"5\" fill=\""
            + box.look().fill
            + "\" stroke=\""
            + box.look().line
            + "\"/>");
    lines.add(
        "<text"
            + attribute("x", middle)
            + attribute("y", top + 17)
            + " text-anchor=\"middle\">"
            + escaped(box.label())
            + "</text>");
  }

  private static String attribute(String name, double value) {
    return " " + name + "=\"" + number(value) + "\"";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
