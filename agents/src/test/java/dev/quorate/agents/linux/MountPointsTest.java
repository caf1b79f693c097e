package dev.quorate.agents.linux;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountPointsTest {
  private static final List<String> TABLE =
      List.of(
          "22 28 0:21 / / rw,relatime - ext4 /dev/sda1 rw",
          "40 28 8:17 / /var/lib/my\\040data rw,relatime shared:1 - ext4 /dev/sdb1 rw",
          "41 28 8:1 /elsewhere /srv/bound rw,relatime - ext4 /dev/sda1 rw");

  @Test
  void theTableNamesThem() {
    assertTrue(MountPoints.isListed(Path.of("/var/lib/my data"), TABLE));
    assertTrue(MountPoints.isListed(Path.of("/srv/bound"), TABLE));
    assertFalse(MountPoints.isListed(Path.of("/srv/bound/data"), TABLE));
    assertFalse(MountPoints.isListed(Path.of("/var/lib"), TABLE));
  }

  @Test
  void aMountIsHeldAndAnOrdinaryDirectoryIsNot(@TempDir Path directory) throws IOException {
    assertTrue(MountPoints.holds(Path.of("/proc")));
    assertFalse(MountPoints.holds(directory));
  }
}
