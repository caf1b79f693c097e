package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfFenceTest {
  @TempDir private Path directory;

  @Test
  void waitsForNoDiskWhereThatCanBeSaid() throws IOException {
    Path reboot = directory.resolve("reboot");
    List<String> without = List.of("/usr/bin/systemctl", "--force", "--force", "reboot");
    assertEquals(without, SelfFence.usual(reboot), "there is none");
    Files.createSymbolicLink(reboot, Path.of("/bin/busybox"));
    assertEquals(without, SelfFence.usual(reboot), "it may not take the options");
    Files.delete(reboot);
    Files.createSymbolicLink(reboot, Path.of("/bin/systemctl"));
    assertEquals(
        List.of(reboot.toString(), "--force", "--force", "--no-sync"), SelfFence.usual(reboot));
  }
}
