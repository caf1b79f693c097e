package dev.quorate.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpreadTest {
  @Test
  void theMiddleOfAnOddNumberIsOneOfThem() {
    assertEquals(new Spread(3, 2, 1, 9, 9), Spread.of(List.of(9.0, 1.0, 2.0)));
  }

  @Test
  void theMiddleOfAnEvenNumberIsBetweenTwo() {
    assertEquals(new Spread(4, 2.5, 1, 9, 9), Spread.of(List.of(9.0, 1.0, 3.0, 2.0)));
  }

  @Test
  void oneInTwentyIsAboveTheHighOne() {
    List<Double> twenty = IntStream.rangeClosed(1, 20).mapToObj(n -> (double) n).toList();
    assertEquals(19, Spread.of(twenty).high());
  }

  @Test
  void ofNothingThereIsNoMiddle() {
    assertThrows(IllegalArgumentException.class, () -> Spread.of(List.of()));
  }
}
