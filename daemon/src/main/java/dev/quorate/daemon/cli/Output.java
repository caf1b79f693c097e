package dev.quorate.daemon.cli;

import java.util.List;

/// Where a command writes, line by line, as soon as a line is known.
public interface Output {
  /// The result.
  void line(String text);

  /// A remark: not part of the result.
  void remark(String text);

  /// Keeps what is written, in two lists or in one.
  static Output into(List<String> lines, List<String> remarks) {
    return new Output() {
      @Override
      public void line(String text) {
        lines.add(text);
      }

      @Override
      public void remark(String text) {
        remarks.add(text);
      }
    };
  }
}
