package dev.quorate.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is in the package, and whether its programs run on its own runtime.
class PackageIT {
  private static final long MOST_BYTES = 90L << 20;

  @TempDir private Path root;

  @BeforeEach
  void unpack() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "needs dpkg");
    run("dpkg-deb", "-x", DebianPackage.built().toString(), root.toString());
  }

  private static String run(String... words) throws Exception {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> List.of(words) + " does not end");
    assertEquals(0, process.exitValue(), () -> List.of(words) + ": " + output);
    return output;
  }

  private Path installed(String path) {
    Path file = root.resolve(path);
    assertTrue(Files.exists(file), () -> path + " is not in the package");
    return file;
  }

  @Test
  void isSmallEnoughAndWhole() throws Exception {
    long bytes = Files.size(DebianPackage.built());
    assertTrue(bytes <= MOST_BYTES, () -> bytes + " bytes are too many");
    for (String program :
        List.of(
            "usr/bin/hactl",
            "usr/sbin/quorated",
            "usr/lib/quorate/make-start-cache",
            "usr/lib/quorate/runtime/bin/java",
            "usr/lib/quorate/runtime/lib/jspawnhelper")) {
      assertEquals(
          "rwxr-xr-x",
          PosixFilePermissions.toString(Files.getPosixFilePermissions(installed(program))),
          program);
    }
    installed("usr/lib/systemd/system/quorate.service");
    installed("usr/share/man/man8/hactl.8");
    installed("usr/share/bash-completion/completions/hactl");
    assertEquals(
        "/etc/default/quorate",
        run("dpkg-deb", "-I", DebianPackage.built().toString(), "conffiles").strip());
    for (String script : List.of("postinst", "prerm", "postrm")) {
      Path copy = root.resolve(script);
      Files.writeString(copy, run("dpkg-deb", "-I", DebianPackage.built().toString(), script));
      run("sh", "-n", copy.toString());
    }
  }

  /// Unpacked at the root of another system, an entry for a directory would replace a symbolic link
  /// of that name: only its own ones have an entry.
  @Test
  void theArchiveHoldsTheSameFilesAndNoDirectoriesOfTheSystem() throws Exception {
    String archive = DebianPackage.archive().toString();
    List<String> entries = run("tar", "--list", "-z", "-f", archive).lines().sorted().toList();
    assertEquals(
        List.of(),
        entries.stream()
            .filter(entry -> entry.endsWith("/") && !entry.startsWith("usr/lib/quorate/"))
            .toList());
    try (Stream<Path> files = Files.walk(root)) {
      assertEquals(
          files
              .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
              .map(file -> root.relativize(file).toString())
              .sorted()
              .toList(),
          entries.stream().filter(entry -> !entry.endsWith("/")).toList());
    }
  }

  @Test
  void theJarFindsItsWholeClassPathBesideIt() throws Exception {
    Path jar = installed("usr/lib/quorate/lib/quorate-daemon.jar");
    try (JarFile file = new JarFile(jar.toFile())) {
      String path = file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      List<String> named = List.of(path.split(" ", -1));
      for (String entry : named) {
        installed("usr/lib/quorate/lib/" + entry);
      }
      try (Stream<Path> shipped = Files.list(jar.resolveSibling("."))) {
        assertEquals(
            List.of(),
            shipped
                .map(f -> f.getFileName().toString())
                .filter(name -> !name.equals("quorate-daemon.jar") && !named.contains(name))
                .toList(),
            "what is shipped is used");
      }
    }
  }

  @Test
  void itsProgramsRunOnItsOwnRuntime() throws Exception {
    String java = installed("usr/lib/quorate/runtime/bin/java").toString();
    String jar = installed("usr/lib/quorate/lib/quorate-daemon.jar").toString();
    assertTrue(
        run(
                java,
                "@" + installed("usr/lib/quorate/quorated.jvmflags"),
                "-cp",
                jar,
                "dev.quorate.daemon.Quorated",
                "--version")
            .startsWith("quorated "));
    assertTrue(
        run(java, "-cp", jar, "dev.quorate.daemon.cli.Hactl", "help", "pg").contains("pg status"));
    run("bash", "-n", installed("usr/share/bash-completion/completions/hactl").toString());
    for (String script : List.of("usr/bin/hactl", "usr/sbin/quorated")) {
      String text = Files.readString(installed(script));
      run("sh", "-n", installed(script).toString());
      assertTrue(!text.contains("@project"), () -> script + " names no version: " + text);
    }
  }
}
