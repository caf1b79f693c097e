package dev.quorate.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProcessorTimeTest {
  @Test
  void whatLivesHereIsCounted() throws IOException {
    var here = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
    assertTrue(ProcessorTime.within(here).seconds() > 0);
    assertEquals(0, ProcessorTime.within("pid:[1]").seconds());
  }

  @Test
  void onlyDaemonsWithThatMainClassCount() throws IOException {
    assertEquals(List.of(), ProcessorTime.ofEach("no.such.Program"));
  }

  @Test
  void aProgramThatBeganMeanwhileCountsFromItsStart() {
    var before = new ProcessorTime(Map.of("a", 1.0));
    var after = new ProcessorTime(Map.of("a", 1.5, "b", 2.0));
    assertEquals(new ProcessorTime(Map.of("a", 0.5, "b", 2.0)), after.since(before));
    assertEquals(2.5, after.since(before).seconds());
  }
}
