package dev.quorate.agents.jdbc.drill;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.agents.core.postgresql.drill.Outcome;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class DrillWriterTest {
  @Test
  void onlyWhatCannotComeAfterTheCommitIsARefusal() {
    assertEquals(Outcome.REFUSED, outcome("25006"), "read-only");
    assertEquals(Outcome.REFUSED, outcome("23505"), "twice");
    assertEquals(Outcome.UNKNOWN, outcome("57P01"), "terminated while waiting for a standby");
    assertEquals(Outcome.UNKNOWN, outcome("08006"), "connection lost");
    assertEquals(Outcome.UNKNOWN, outcome("40003"), "the server does not know either");
    assertEquals(Outcome.UNKNOWN, outcome("53100"), "a full disk may end the server");
    assertEquals(Outcome.UNKNOWN, DrillWriter.outcome(new SQLException("no")), "nothing was said");
  }

  private static Outcome outcome(String state) {
    return DrillWriter.outcome(new SQLException("no", state));
  }
}
