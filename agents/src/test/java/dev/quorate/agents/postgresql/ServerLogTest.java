package dev.quorate.agents.postgresql;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerLogTest {
  @TempDir private Path data;
  private Path own;

  @BeforeEach
  void begin() throws IOException {
    own = data.resolve("postgres.log");
    Files.writeString(own, "o1\no2\n");
    Files.createDirectory(data.resolve("log"));
  }

  private void file(String name, long second, String lines) throws IOException {
    Path file = data.resolve("log/" + name);
    Files.writeString(file, lines);
    Files.setLastModifiedTime(file, FileTime.fromMillis(second * 1000));
  }

  private void current(String lines) throws IOException {
    Files.writeString(data.resolve("current_logfiles"), lines);
  }

  private List<String> tail(int lines) {
    return new ServerLog(data, own).tail(lines);
  }

  @Test
  void withoutACollectorItIsTheAgentsFile() {
    assertEquals(List.of("o2"), tail(1));
    assertEquals(List.of("o1", "o2"), tail(5));
  }

  @Test
  void whatARotationPutAsideComesBeforeTheNewFile() throws IOException {
    file("c.log", 3, "c1\n");
    file("b.log", 2, "b1\nb2\n");
    file("a.log", 1, "a1\n");
    file("b.csv", 2, "x\n");
    current("stderr log/c.log\n");
    assertEquals(List.of("b2", "c1"), tail(2));
    assertEquals(List.of("o2", "a1", "b1", "b2", "c1"), tail(5));
  }

  @Test
  void plainTextIsPreferredAndOtherFormsAreRead() throws IOException {
    file("c.log", 3, "c1\n");
    file("c.csv", 3, "v1\n");
    file("c.json", 3, "j1\n");
    current("csvlog log/c.csv\njsonlog log/c.json\nstderr log/c.log\n");
    assertEquals(List.of("c1"), tail(1));
    current("jsonlog log/c.json\ncsvlog log/c.csv\n");
    assertEquals(List.of("v1"), tail(1));
    current("jsonlog log/c.json\n");
    assertEquals(List.of("j1"), tail(1));
    current("stderr log/gone.log\n");
    assertEquals(List.of("o2"), tail(1));
  }
}
