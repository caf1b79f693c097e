package dev.quorate.vip.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whom [Connections] resets, in which order; that it does is shown in a namespace.
class ConnectionsTest {
  private final Deque<List<String>> looks = new ArrayDeque<>();
  private final List<String> reset = new ArrayList<>();
  private int looked;

  private List<String> look() {
    looked++;
    return looks.isEmpty() ? List.of() : looks.removeFirst();
  }

  private Connections.Cut rounds(int atMost) {
    return Connections.rounds(this::look, reset::add, () -> reset.size() < atMost);
  }

  @Test
  void whoComesBackAtOnceIsResetToo() {
    looks.add(List.of("a", "b"));
    looks.add(List.of("a again"));
    assertEquals(new Connections.Cut(3, 0), rounds(9));
    assertEquals(List.of("a", "b", "a again"), reset);
    assertEquals(3, looked, "the last look finds nobody");
  }

  @Test
  void whoCannotBeResetIsNotTriedForEver() {
    assertEquals(
        new Connections.Cut(1, 1),
        Connections.rounds(
            () -> List.of("a", "b"), c -> c.equals("b") && reset.add(c), () -> reset.isEmpty()));
    assertEquals(
        new Connections.Cut(0, 1), Connections.rounds(() -> List.of("a"), _ -> false, () -> true));
  }

  @Test
  void whoAlwaysComesBackEndsWithTheTime() {
    assertEquals(
        new Connections.Cut(5, 1),
        Connections.rounds(() -> List.of("a", "b"), reset::add, () -> reset.size() < 5));
  }
}
