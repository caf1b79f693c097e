package dev.quorate.daemon;

import dev.quorate.daemon.core.AddressMove.Note;
import dev.quorate.daemon.secrets.OwnerOnly;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Where a node that moves to another address keeps what it needs to go on after a restart.
record MoveNoteFile(Path file) {
  /// What is under way; empty if nothing is.
  ///
  /// @throws IOException if it cannot be read, or is not a note
  Optional<Note> read() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String[] words = Files.readString(file).strip().split(" ", -1);
    try {
      return Optional.of(new Note(words[0], Long.parseLong(words[1]), Integer.parseInt(words[2])));
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw new IOException(file + " is damaged: remove it, and see 'hactl node address'", e);
    }
  }

  void write(Note note) throws IOException {
    String text = note.address() + " " + note.version() + " " + note.leaving() + "\n";
    OwnerOnly.write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  void forget() throws IOException {
    Files.deleteIfExists(file);
  }
}
