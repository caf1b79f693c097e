package dev.quorate.resource.core.preview;

import dev.quorate.resource.core.policy.Decision.Edge;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Lays a graph out in layers: every box below all that it waits for, and beside those that its
/// neighbours are near.
///
/// Layers come from the longest path. A line that crosses a layer gets a bend there, which is
/// ordered among the boxes. Orders are improved by barycentres, downward and upward in turn, and
/// columns are then assigned from left to right.
final class Layers {
  private static final int SWEEPS = 6;
  private static final double GAP = 16;
  private static final double BEND_WIDTH = 6;

  /// Boxes first, in their order, then bends.
  private final List<Double> widths = new ArrayList<>();

  private final List<Integer> layerOf = new ArrayList<>();
  private final List<List<Integer>> above = new ArrayList<>();
  private final List<List<Integer>> below = new ArrayList<>();
  private final List<List<Integer>> layers = new ArrayList<>();
  private final List<List<Integer>> routes = new ArrayList<>();
  private double[] middles = {};

  /// @param widths of the boxes
  /// @param edges without loops
  Layers(List<Double> widths, List<Edge> edges) {
    int[] depth = depths(widths.size(), edges);
    for (int box = 0; box < widths.size(); box++) {
      place(widths.get(box), depth[box]);
    }
    for (Edge edge : edges) {
      List<Integer> route = new ArrayList<>(List.of(edge.first()));
      for (int layer = depth[edge.first()] + 1; layer < depth[edge.then()]; layer++) {
        route.add(place(BEND_WIDTH, layer));
      }
      route.add(edge.then());
      for (int i = 1; i < route.size(); i++) {
        below.get(route.get(i - 1)).add(route.get(i));
        above.get(route.get(i)).add(route.get(i - 1));
      }
      routes.add(List.copyOf(route));
    }
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      order(sweep % 2 == 0);
    }
    assign();
  }

  private int place(double width, int layer) {
    int item = widths.size();
    widths.add(width);
    layerOf.add(layer);
    above.add(new ArrayList<>());
    below.add(new ArrayList<>());
    while (layers.size() <= layer) {
      layers.add(new ArrayList<>());
    }
    layers.get(layer).add(item);
    return item;
  }

  /// The longest path that ends at each box.
  private static int[] depths(int count, List<Edge> edges) {
    List<List<Integer>> followers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      followers.add(new ArrayList<>());
    }
    int[] open = new int[count];
    for (Edge edge : edges) {
      followers.get(edge.first()).add(edge.then());
      open[edge.then()]++;
    }
    int[] depth = new int[count];
    List<Integer> ready = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (open[i] == 0) {
        ready.add(i);
      }
    }
    for (int i = 0; i < ready.size(); i++) {
      for (int next : followers.get(ready.get(i))) {
        depth[next] = Math.max(depth[next], depth[ready.get(i)] + 1);
        if (--open[next] == 0) {
          ready.add(next);
        }
      }
    }
    return depth;
  }

  private void order(boolean downward) {
    double[] position = new double[widths.size()];
    layers.forEach(layer -> remember(layer, position));
    for (int i = 1; i < layers.size(); i++) {
      List<Integer> layer = layers.get(downward ? i : layers.size() - 1 - i);
      double[] centre = new double[widths.size()];
      for (int item : layer) {
        centre[item] = mean(downward ? above.get(item) : below.get(item), position, position[item]);
      }
      layer.sort(
          Comparator.<Integer>comparingDouble(item -> centre[item])
              .thenComparing(Comparator.naturalOrder()));
      remember(layer, position);
    }
  }

  private static void remember(List<Integer> layer, double[] position) {
    for (int i = 0; i < layer.size(); i++) {
      position[layer.get(i)] = i;
    }
  }

  private static double mean(List<Integer> items, double[] position, double otherwise) {
    return items.stream().mapToDouble(item -> position[item]).average().orElse(otherwise);
  }

  /// Each item as near to the mean of its neighbours as those left of it permit.
  private void assign() {
    middles = new double[widths.size()];
    layers.forEach(layer -> pack(layer, new double[widths.size()]));
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int i = 1; i < layers.size(); i++) {
        boolean downward = sweep % 2 == 0;
        List<Integer> layer = layers.get(downward ? i : layers.size() - 1 - i);
        double[] wish = new double[widths.size()];
        for (int item : layer) {
          wish[item] = mean(downward ? above.get(item) : below.get(item), middles, middles[item]);
        }
        pack(layer, wish);
      }
    }
    double left = Double.POSITIVE_INFINITY;
    for (int item = 0; item < middles.length; item++) {
      left = Math.min(left, middles[item] - widths.get(item) / 2);
    }
    for (int item = 0; item < middles.length; item++) {
      middles[item] -= left;
    }
  }

  private void pack(List<Integer> layer, double[] wish) {
    double shift = 0;
    double edge = Double.NEGATIVE_INFINITY;
    for (int item : layer) {
      double half = widths.get(item) / 2;
      middles[item] = Math.max(wish[item], edge + half);
      edge = middles[item] + half + GAP;
      shift += middles[item] - wish[item];
    }
    for (int item : layer) {
      middles[item] -= shift / layer.size();
    }
  }

  /// Where the middle of a box or bend is, from the left.
  double middle(int item) {
    return middles[item];
  }

  int layer(int item) {
    return layerOf.get(item);
  }

  /// For each edge the items from its first box over its bends to its last.
  List<List<Integer>> routes() {
    return routes;
  }

  int height() {
    return layers.size();
  }

  double width() {
    return Arrays.stream(rightEdges()).max().orElse(0);
  }

  private double[] rightEdges() {
    double[] edges = new double[middles.length];
    for (int item = 0; item < edges.length; item++) {
      edges[item] = middles[item] + widths.get(item) / 2;
    }
    return edges;
  }
}
