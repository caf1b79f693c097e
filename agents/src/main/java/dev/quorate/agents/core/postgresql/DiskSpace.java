package dev.quorate.agents.core.postgresql;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// With how little free space a disk is not well, in percent of its size.
///
/// @param yellow below this it is yellow
/// @param red below this it is red
public record DiskSpace(int yellow, int red) {
  /// How a disk is, in the words of a node's health.
  public enum Colour {
    /// Enough is free.
    GREEN,
    /// An administrator should look.
    YELLOW,
    /// It will soon be full.
    RED;

    /// As the value of a node attribute.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Pattern FORM = Pattern.compile("([0-9]{1,3})%:([0-9]{1,3})%");
  private static final int WELL_AGAIN = 1;

  /// Reads a text as `10%:3%`; empty if it is none.
  public static Optional<DiskSpace> parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      return Optional.empty();
    }
    DiskSpace read =
        new DiskSpace(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    return read.red <= read.yellow && read.yellow <= 100 ? Optional.of(read) : Optional.empty();
  }

  /// What a disk is now. It becomes better only when a little more than the bound is free, so that
  /// it does not change all the time.
  ///
  /// @param before what it was
  /// @param free bytes
  /// @param size bytes
  public Colour of(Colour before, long free, long size) {
    double percent = size <= 0 ? 100 : free * 100.0 / size;
    if (percent < red + (before == Colour.RED ? margin(red) : 0)) {
      return Colour.RED;
    }
    return percent < yellow + (before == Colour.GREEN ? 0 : margin(yellow))
        ? Colour.YELLOW
        : Colour.GREEN;
  }

  private static int margin(int bound) {
    return bound == 0 ? 0 : WELL_AGAIN;
  }
}
