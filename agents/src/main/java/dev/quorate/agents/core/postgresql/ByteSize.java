package dev.quorate.agents.core.postgresql;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Amounts of bytes as people write them: `16777216`, `1E8` as PAF has it, `16MB`, `1.5 GB`. A kB
/// is 1024 bytes, as in PostgreSQL.
public final class ByteSize {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?(?:[Ee][0-9]{1,2})?)\\s*(b|[kmgt](?:i?b)?)?");
  private static final String UNITS = "kmgt";

  private ByteSize() {}

  /// The amount, or nothing if the text is none or it is too large.
  public static OptionalLong parse(String text) {
    Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    String unit = matcher.group(2) == null ? "b" : matcher.group(2);
    int power = UNITS.indexOf(unit.charAt(0)) + 1;
    BigDecimal bytes =
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
    return bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
        ? OptionalLong.empty()
        : OptionalLong.of(bytes.longValue());
  }
}
