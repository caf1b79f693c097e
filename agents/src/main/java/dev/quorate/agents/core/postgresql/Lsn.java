package dev.quorate.agents.core.postgresql;

/// A position in the write-ahead log, in bytes; compared as PostgreSQL does, unsigned.
///
/// @param value the position
public record Lsn(long value) implements Comparable<Lsn> {
  /// Before every record: PostgreSQL's invalid position.
  public static final Lsn NONE = new Lsn(0);

  /// Reads PostgreSQL's own form, two hexadecimal numbers with a slash.
  ///
  /// @param text such as `0/15D8F28`
  /// @return the position
  /// @throws IllegalArgumentException if the text has another form
  public static Lsn parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1 || slash > 8 || text.length() - slash < 2 || text.length() - slash > 9) {
      throw new IllegalArgumentException("'" + text + "' is not a WAL position");
    }
    try {
      long high = Long.parseLong(text, 0, slash, 16);
      long low = Long.parseLong(text, slash + 1, text.length(), 16);
      return new Lsn(high << 32 | low);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not a WAL position", e);
    }
  }

  /// Says whether this is a real position.
  ///
  /// @return false for [#NONE]
  public boolean isValid() {
    return value != 0;
  }

  /// Says whether this position covers another one.
  ///
  /// @param other the position that should be reached
  /// @return true if this is the other one or later
  public boolean reaches(Lsn other) {
    return compareTo(other) >= 0;
  }

  /// By how many bytes this position is beyond another one.
  ///
  /// @param other the position that may be behind
  /// @return 0 if it is not
  public long beyond(Lsn other) {
    return other.reaches(this) ? 0 : value - other.value;
  }

  /// The later of two positions.
  ///
  /// @param a one
  /// @param b the other
  /// @return the later
  public static Lsn max(Lsn a, Lsn b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toHexString(value >>> 32).toUpperCase(java.util.Locale.ROOT)
        + "/"
        + Long.toHexString(value & 0xFFFF_FFFFL).toUpperCase(java.util.Locale.ROOT);
  }
}
