package dev.quorate.comparison;

import java.util.Locale;

/// What a figure counts.
public enum Unit {
  SECONDS("s", "%.2f"),
  MILLISECONDS("ms", "%.0f"),
  MEBIBYTES("MiB", "%.0f"),
  COUNT("", "%.0f");

  private final String sign;
  private final String format;

  Unit(String sign, String format) {
    this.sign = sign;
    this.format = format;
  }

  /// A value without its unit.
  String number(double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /// A value that somebody chose.
  String limit(double value) {
    return value == Math.rint(value) ? "%d".formatted((long) value) : Double.toString(value);
  }

  /// A name followed by the unit.
  String of(String name) {
    return sign.isEmpty() ? name : name + ", " + sign;
  }
}
