package dev.quorate.resource;

/// What a witness of a node's absence from its view could find out by asking the node.
public enum Absence {
  /// Its daemon answered that it takes part: the log hears it, only the ring does not.
  ALIVE,
  /// Connecting was refused: the node lives, its daemon does not.
  DAEMON_GONE,
  /// No answer of any kind.
  SILENT
}
