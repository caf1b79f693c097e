package dev.quorate.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.cli.Hactl;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Same document, same plan, byte for byte, in two processes that differ in hash codes, hash salts,
/// language and time zone. Generated clusters always; of the recorded cases a sample if they are
/// there.
@Tag("slow")
class TwoProcessesTest {
  private static final Path CASES =
      root().resolve(System.getProperty("scheduler.cases", "../shared/scheduler-cases"));
  private static final int EVERY = 9;

  private static final List<String> ONE =
      List.of("-Duser.language=en", "-Duser.timezone=UTC", "-XX:hashCode=0", "-Xshare:auto");
  private static final List<String> OTHER =
      List.of(
          "-Duser.language=ar",
          "-Duser.country=EG",
          "-Duser.timezone=Asia/Kathmandu",
          "-XX:hashCode=4",
          "-Xshare:off");

  @TempDir Path directory = Path.of(".");

  @Test
  void decideTheSame() throws Exception {
    Path documents = Files.createDirectory(directory.resolve("documents"));
    Files.writeString(documents.resolve("small.xml"), GeneratedCluster.document(5, 60, true));
    Files.writeString(documents.resolve("sparse.xml"), GeneratedCluster.document(9, 150, false));
    sample(documents);
    SortedMap<String, String> first = decided(documents, "one", ONE);
    SortedMap<String, String> second = decided(documents, "other", OTHER);
    assertEquals(first.keySet(), second.keySet());
    assertTrue(first.size() >= 2);
    first.forEach((name, text) -> assertEquals(text, second.get(name), name));
  }

  @Test
  void showAndDrawTheSame() throws Exception {
    Path document = directory.resolve("small.xml");
    Files.writeString(document, GeneratedCluster.document(5, 60, true));
    List<String> shown = new ArrayList<>();
    for (List<String> options : List.of(ONE, OTHER)) {
      for (List<String> form :
          List.of(List.<String>of(), List.of("--svg", "-"), List.of("--graphviz", "-"))) {
        List<String> words = new ArrayList<>(List.of("--cib", document.toString()));
        words.addAll(List.of("--fail-node", "n3"));
        words.addAll(form);
        shown.add(hactl(options, words));
      }
    }
    assertEquals(shown.subList(0, 3), shown.subList(3, 6));
    assertTrue(shown.get(0).contains("fence n3"), shown.get(0));
    assertTrue(shown.get(1).startsWith("<svg "), shown.get(1));
  }

  private static void sample(Path into) throws IOException {
    if (!Files.isDirectory(CASES.resolve("xml"))) {
      return;
    }
    List<Path> all;
    try (Stream<Path> files = Files.list(CASES.resolve("xml"))) {
      all = files.sorted().toList();
    }
    for (int i = 0; i < all.size(); i += EVERY) {
      Files.copy(all.get(i), into.resolve(all.get(i).getFileName()));
    }
  }

  private SortedMap<String, String> decided(Path documents, String name, List<String> options)
      throws Exception {
    Path out = directory.resolve(name);
    hactl(
        options,
        List.of("--cases", documents.toString(), "--out", out.toString(), "--at", "@1700000000"));
    SortedMap<String, String> decided = new TreeMap<>();
    try (Stream<Path> files = Files.list(out)) {
      for (Path file : files.toList()) {
        decided.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return decided;
  }

  private String hactl(List<String> options, List<String> words) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.add("-XX:+UnlockExperimentalVMOptions");
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Hactl.class.getName()));
    command.add("simulate");
    command.addAll(words);
    Path errors = directory.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), () -> output + read(errors));
    return output;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static Path root() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("mvnw")) && root.getParent() != null) {
      root = root.getParent();
    }
    return root;
  }
}
