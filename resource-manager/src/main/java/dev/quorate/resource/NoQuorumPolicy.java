package dev.quorate.resource;

/// What a node does with what runs on it once it has lost the quorum; the property
/// `no-quorum-policy`.
///
/// No policy lets a node begin anything: what begins is an entry of the log, and the log commits
/// nothing without a majority. In particular none promotes.
public enum NoQuorumPolicy {
  /// Everything is stopped.
  STOP("stop"),
  /// What runs goes on.
  FREEZE("freeze"),
  /// What is not certainly unpromoted is stopped; standbys go on.
  DEMOTE("demote"),
  /// The machine ends itself, and meanwhile everything is stopped.
  FENCE("suicide"),
  /// What runs goes on. As nothing can begin without the log, this differs from `freeze` in what is
  /// planned and shown only.
  IGNORE("ignore");

  /// The name of the property.
  public static final String PROPERTY = "no-quorum-policy";

  private final String word;

  NoQuorumPolicy(String word) {
    this.word = word;
  }

  /// The word under which the property is stored.
  public String word() {
    return word;
  }

  /// What a cluster has been told; `stop` if nothing.
  public static NoQuorumPolicy of(ClusterConfiguration configuration) {
    return switch (configuration.properties().getOrDefault(PROPERTY, "stop")) {
      case "freeze" -> FREEZE;
      case "demote" -> DEMOTE;
      case "suicide", "fence" -> FENCE;
      case "ignore" -> IGNORE;
      default -> STOP;
    };
  }
}
