package dev.quorate.resource;

/// What a witness of a node's absence from its view could find out by asking the node's kernel.
public enum Absence {
  /// Connecting was refused: the node lives, its daemon does not.
  DAEMON_GONE,
  /// No answer of any kind.
  SILENT
}
