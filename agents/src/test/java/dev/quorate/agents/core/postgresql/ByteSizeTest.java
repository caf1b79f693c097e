package dev.quorate.agents.core.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ByteSizeTest {
  @Test
  void amountsAreReadAsPeopleWriteThem() {
    assertEquals(OptionalLong.of(16_777_216), ByteSize.parse("16777216"));
    assertEquals(OptionalLong.of(16_777_216), ByteSize.parse("16MB"));
    assertEquals(OptionalLong.of(16_777_216), ByteSize.parse(" 16 MiB "));
    assertEquals(OptionalLong.of(100_000_000), ByteSize.parse("1E8"));
    assertEquals(OptionalLong.of(1_536), ByteSize.parse("1.5kB"));
    assertEquals(OptionalLong.of(0), ByteSize.parse("0"));
    assertEquals(OptionalLong.of(3L << 40), ByteSize.parse("3T"));
  }

  @Test
  void whatIsNoAmountIsNone() {
    for (String text :
        List.of("", "much", "-1", "16 PB", "1E99", "0x10", "16MB s", "99999999999999999T")) {
      assertEquals(OptionalLong.empty(), ByteSize.parse(text), text);
    }
  }
}
