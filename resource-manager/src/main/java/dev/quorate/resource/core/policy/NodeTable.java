package dev.quorate.resource.core.policy;

import java.util.List;

/// A score for each node that a resource may be considered for. Owned by one resource.
final class NodeTable {
  private static final int ABSENT = Integer.MIN_VALUE;

  private final int[] scores;

  NodeTable(int nodes) {
    scores = new int[nodes];
    java.util.Arrays.fill(scores, ABSENT);
  }

  private NodeTable(int[] scores) {
    this.scores = scores;
  }

  NodeTable copy() {
    return new NodeTable(scores.clone());
  }

  boolean has(Node node) {
    return scores[node.index] != ABSENT;
  }

  /// The score of a node that is in the table, else minus infinity.
  int score(Node node) {
    int score = scores[node.index];
    return score == ABSENT ? -Scores.INFINITY : score;
  }

  void put(Node node, int score) {
    scores[node.index] = score;
  }

  /// Adds to a node's score; a node that is not in the table comes in with it.
  void add(Node node, int score) {
    int old = scores[node.index];
    scores[node.index] = old == ABSENT ? Scores.add(0, score) : Scores.add(old, score);
  }

  /// Whether some node can take on the resource.
  boolean anyAvailable(List<Node> nodes) {
    for (Node node : nodes) {
      if (scores[node.index] >= 0 && node.available()) {
        return true;
      }
    }
    return false;
  }

  boolean isEmpty() {
    for (int score : scores) {
      if (score != ABSENT) {
        return false;
      }
    }
    return true;
  }
}
