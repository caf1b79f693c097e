package dev.quorate.daemon.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The FILE of commands about documents. It belongs to whoever types, not to the daemon, so `hactl`
/// itself reads and writes it.
///
/// @param words what is sent to the daemon
/// @param target where the answer goes, if not to the standard output
record DocumentFile(List<String> words, Optional<Path> target) {
  private static final List<List<String>> READERS =
      List.of(List.of("cib", "import"), List.of("cluster", "cib-push"));
  private static final List<List<String>> WRITERS =
      List.of(List.of("cib", "export"), List.of("cluster", "cib"));
  private static final List<String> WITH_VALUE = List.of("-o", "--output-format", "--name", "-u");

  /// Copies the list.
  DocumentFile {
    words = List.copyOf(words);
  }

  /// Takes the file out of the words, and its content in if the command reads it.
  ///
  /// @param in what `-` reads
  /// @throws HactlError if it cannot be read
  static DocumentFile of(List<String> typed, InputStream in) {
    List<Integer> plain = new ArrayList<>();
    for (int i = 0; i < typed.size(); i++) {
      if (WITH_VALUE.contains(typed.get(i))) {
        i++;
      } else if (!typed.get(i).startsWith("-") || typed.get(i).equals("-")) {
        plain.add(i);
      }
    }
    if (plain.size() < 3) {
      return new DocumentFile(typed, Optional.empty());
    }
    List<String> command = List.of(typed.get(plain.get(0)), typed.get(plain.get(1)));
    List<String> words = new ArrayList<>(typed);
    String file = words.get(plain.get(2));
    if (WRITERS.contains(command)) {
      words.remove((int) plain.get(2));
      return new DocumentFile(
          words, file.equals("-") ? Optional.empty() : Optional.of(Path.of(file)));
    }
    if (READERS.contains(command)) {
      words.remove((int) plain.get(2));
      // Of pcs: only the configuration is imported anyway.
      words.remove("--config");
      words.add(Options.DOCUMENT + "=" + PackedDocument.pack(read(file, in)));
    }
    return new DocumentFile(words, Optional.empty());
  }

  private static byte[] read(String file, InputStream in) {
    try {
      if (file.equals("-")) {
        return in.readNBytes(PackedDocument.MOST + 1);
      }
      try (InputStream stream = Files.newInputStream(Path.of(file))) {
        return stream.readNBytes(PackedDocument.MOST + 1);
      }
    } catch (IOException e) {
      throw HactlError.failed(Simulate.reason(e), "check the file");
    }
  }

  /// Writes the answer; only its owner may read it.
  static void write(Path file, byte[] content) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      Files.write(file, content);
      return;
    }
    Path absolute = file.toAbsolutePath();
    Path directory = absolute.getParent() == null ? absolute : absolute.getParent();
    Path draft =
        Files.createTempFile(
            directory,
            "." + file.getFileName(),
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.write(draft, content);
      Files.move(draft, absolute, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
