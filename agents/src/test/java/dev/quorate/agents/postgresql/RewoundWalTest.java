package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.core.postgresql.Lsn;
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
    assertFalse(rewound.reaches(FORK));

    rewound.giveBack();

    assertEquals(
        List.of("0000000100000000000000FE", "0000000100000000000000FF", "000000020000000100000000"),
        names(wal),
        "of the fork's segment the primary's line is the one that counts");
    assertEquals("of the primary", Files.readString(wal.resolve("0000000100000000000000FF")));
    assertTrue(rewound.reaches(FORK));
    assertEquals(List.of("data"), names(home));
  }

  @Test
  void whatThisInstanceDoesNotHaveEitherIsTold() throws IOException {
    Files.delete(wal.resolve("0000000100000000000000FE"));
    rewound.keep(FORK);
    rewind();
    rewound.giveBack();

    assertFalse(rewound.reaches(FORK));
  }

  @Test
  void nothingKeptIsNothingGivenBack() throws IOException {
    rewind();
    rewound.giveBack();

    assertEquals(List.of("0000000100000000000000FF", "000000020000000100000000"), names(wal));
  }
}
