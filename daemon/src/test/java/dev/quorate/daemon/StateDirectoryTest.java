package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  @TempDir Path directory = Path.of("");

  @BeforeEach
  void ownerOnly() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
  }

  private DaemonConfig config() {
    return ConfigFile.parse(
        directory.resolve("quorate.conf"), "state.directory = %s\n".formatted(directory));
  }

  private void refused(int exit, String... parts) {
    StartFailure refused =
        assertThrows(StartFailure.class, () -> StateDirectory.claim(config()).close());
    assertEquals(exit, refused.exit());
    for (String part : parts) {
      assertTrue(String.valueOf(refused.getMessage()).contains(part), refused::getMessage);
    }
  }

  @Test
  void isOfOneDaemonAtATime() throws IOException {
    StateDirectory first = StateDirectory.claim(config());
    refused(StartFailure.UNAVAILABLE, directory + " is in use", "quorate.conf");
    first.close();
    StateDirectory.claim(config()).close();
  }

  @Test
  void ofANewerVersionIsRefused() throws IOException {
    StateDirectory.claim(config()).close();
    Path format = directory.resolve("format");
    assertEquals(StateDirectory.FORMAT + "\n", Files.readString(format));
    Files.writeString(format, StateDirectory.FORMAT + 1 + "\n");
    refused(StartFailure.CONFIG, "newer version", "install that version again");
    Files.writeString(format, "x\n");
    refused(StartFailure.CONFIG, format + " says 'x'");
  }

  @Test
  void thatOthersMayEnterIsRefused() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxr-x"));
    refused(StartFailure.CONFIG, "mode rwxrwxr-x", "chmod 700 " + directory);
  }
}
