package dev.quorate.daemon.cli;

/// Where a command writes, line by line, as soon as a line is known.
public interface Output {
  /// The result.
  void line(String text);

  /// A remark: not part of the result.
  void remark(String text);
}
