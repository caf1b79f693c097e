package dev.quorate.resource.core.rules;

import dev.quorate.resource.Rule.Operation;
import dev.quorate.resource.Rule.ValueType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Compares values as texts, numbers or versions.
final class Values {
  private Values() {}

  /// Whether a comparison holds.
  ///
  /// @param type empty: text for equality; for order, floating-point numbers if a side has a dot,
  ///   else integers
  /// @param actual null if missing: then it is equal only to what is missing too, and in no order
  /// @param reference likewise
  static boolean holds(
      Operation operation,
      Optional<ValueType> type,
      @Nullable String actual,
      @Nullable String reference) {
    return switch (operation) {
      case DEFINED -> actual != null;
      case NOT_DEFINED -> actual == null;
      case EQ -> equal(type, actual, reference);
      case NE -> !equal(type, actual, reference);
      case LT, LTE, GT, GTE ->
          actual != null
              && reference != null
              && ordered(
                  operation,
                  compare(type.orElseGet(() -> number(actual, reference)), actual, reference));
    };
  }

  private static boolean equal(
      Optional<ValueType> type, @Nullable String actual, @Nullable String reference) {
    if (actual == null || reference == null) {
      return actual == null && reference == null;
    }
    return compare(type.orElse(ValueType.STRING), actual, reference) == 0;
  }

  private static ValueType number(String left, String right) {
    return left.indexOf('.') >= 0 || right.indexOf('.') >= 0 ? ValueType.NUMBER : ValueType.INTEGER;
  }

  private static boolean ordered(Operation operation, int difference) {
    return switch (operation) {
      case LT -> difference < 0;
      case LTE -> difference <= 0;
      case GT -> difference > 0;
      case GTE -> difference >= 0;
      case EQ -> difference == 0;
      case NE -> difference != 0;
      case DEFINED -> true;
      case NOT_DEFINED -> false;
    };
  }

  /// Compares as the type says, as texts if a side is not of the type.
  private static int compare(ValueType type, String left, String right) {
    switch (type) {
      case STRING -> {}
      case INTEGER -> {
        Long a = integer(left);
        Long b = integer(right);
        if (a != null && b != null) {
          return a.compareTo(b);
        }
      }
      case NUMBER -> {
        Double a = number(left);
        Double b = number(right);
        if (a != null && b != null) {
          return a < b ? -1 : a > b ? 1 : 0;
        }
      }
      case VERSION -> {
        return versions(left, right);
      }
    }
    return left.compareToIgnoreCase(right);
  }

  /// The integer of a text, its fraction cut off; null if it is none or takes more than 64 bits.
  private static @Nullable Long integer(String text) {
    String trimmed = text.strip();
    int dot = trimmed.indexOf('.');
    try {
      if (dot < 0) {
        return Long.valueOf(trimmed);
      }
      return digits(trimmed, dot + 1) == trimmed.length()
          ? Long.valueOf(trimmed.substring(0, dot))
          : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Double number(String text) {
    String trimmed = text.strip();
    for (int i = 0; i < trimmed.length(); i++) {
      if ("0123456789+-.eE".indexOf(trimmed.charAt(i)) < 0) {
        return null;
      }
    }
    try {
      return Double.valueOf(trimmed);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static int digits(String text, int from) {
    int end = from;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    return end;
  }

  /// Compares component by component; the version that ends first is the smaller one. What is not a
  /// number within a component counts nothing.
  private static int versions(String left, String right) {
    String[] a = left.strip().split("\\.", -1);
    String[] b = right.strip().split("\\.", -1);
    for (int i = 0; i < Math.min(a.length, b.length); i++) {
      int difference = component(a[i], b[i]);
      if (difference != 0) {
        return difference;
      }
    }
    return Integer.compare(a.length, b.length);
  }

  private static int component(String left, String right) {
    String a = significant(left);
    String b = significant(right);
    return a.length() == b.length() ? a.compareTo(b) : Integer.compare(a.length(), b.length());
  }

  private static String significant(String component) {
    int end = digits(component, 0);
    int start = 0;
    while (start < end && component.charAt(start) == '0') {
      start++;
    }
    return component.substring(start, end);
  }
}
