package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.Lsn;
import dev.quorate.agents.core.postgresql.Timeline;
import dev.quorate.agents.core.postgresql.TimelineHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The WAL between the last checkpoint before a fork and the fork.
class RewoundWalTest {
  private static final Lsn FORK = Lsn.parse("1/323308");

  private static final TimelineHistory PRIMARY =
      TimelineHistory.parse(new Timeline(2), "1\t1/323308\tno recovery target specified\n");

  @TempDir private Path home;
  private Path data;
  private Path wal;
  private RewoundWal rewound;

  @BeforeEach
  void files() throws IOException {
    data = home.resolve("data");
    wal = Files.createDirectories(data.resolve("pg_wal"));
    rewound = new RewoundWal(data, home.resolve("aside"), 16 << 20);
    write("0000000100000000000000FE", "0000000100000000000000FF", "000000010000000100000000");
    Files.writeString(
        data.resolve("backup_label"),
        "START WAL LOCATION: 0/FE000028 (file 0000000100000000000000FE)\n");
  }

  private void write(String... names) throws IOException {
    for (String name : names) {
      Files.writeString(wal.resolve(name), "of this instance");
    }
  }

  private List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  /// As `pg_rewind` leaves it.
  private void rewind() throws IOException {
    for (String name : names(wal)) {
      Files.delete(wal.resolve(name));
    }
    Files.writeString(wal.resolve("0000000100000000000000FF"), "of the primary");
    Files.writeString(wal.resolve("000000020000000100000000"), "of the primary");
  }

  @Test
  void whatIsMissingBeforeTheForkComesBack() throws IOException {
    rewound.keep(FORK);
    rewind();
    assertFalse(rewound.reaches(FORK, PRIMARY));

    rewound.giveBack();

    assertEquals(
        List.of("0000000100000000000000FE", "0000000100000000000000FF", "000000020000000100000000"),
        names(wal),
        "of the fork's segment the primary's line is the one that counts");
    assertEquals("of the primary", Files.readString(wal.resolve("0000000100000000000000FF")));
    assertTrue(rewound.reaches(FORK, PRIMARY));
    assertEquals(List.of("data"), names(home));
  }

  @Test
  void whatThisInstanceDoesNotHaveEitherIsTold() throws IOException {
    Files.delete(wal.resolve("0000000100000000000000FE"));
    rewound.keep(FORK);
    rewind();
    rewound.giveBack();

    assertFalse(rewound.reaches(FORK, PRIMARY));
  }

  @Test
  void nothingKeptIsNothingGivenBack() throws IOException {
    rewind();
    rewound.giveBack();

    assertEquals(List.of("0000000100000000000000FF", "000000020000000100000000"), names(wal));
  }

  /// Later releases of `pg_rewind` leave the instance's own segment of the fork.
  @Test
  void withoutTheForksSegmentOfThePrimaryItWouldWaitForEver() throws IOException {
    rewound.keep(FORK);
    rewind();
    rewound.giveBack();
    Files.delete(wal.resolve("000000020000000100000000"));
    write("000000010000000100000000");

    assertFalse(rewound.reaches(FORK, PRIMARY));

    write("000000030000000100000000");
    TimelineHistory later =
        TimelineHistory.parse(new Timeline(3), "1\t1/323308\tx\n2\t1/400000\tx\n");
    assertTrue(rewound.reaches(FORK, later), "a line further on has it, too");
  }

  @Test
  void aRewindThatFoundNothingToDoIsNone() throws IOException {
    rewound.keep(FORK);
    rewind();
    rewound.giveBack();
    Files.delete(data.resolve("backup_label"));

    assertFalse(rewound.reaches(FORK, PRIMARY));
  }
}
