package dev.quorate.architecture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// A throw-away Maven build under the repository's own parent POM, so that a counter-example meets
/// exactly the rules that the product meets: plugins, versions and flags are read by Maven itself.
final class FixtureBuild {
  private final Path repository;
  private final Path directory;
  private final Map<String, String> modules = new LinkedHashMap<>();
  private final Map<String, String> sources = new LinkedHashMap<>();

  FixtureBuild(Path repository) {
    this.repository = repository;
    this.directory = repository.resolve("integration-tests/target/build-rules");
  }

  /// A module with one class `T`.
  FixtureBuild source(String module, String source) {
    sources.put(module, source);
    return module(module, "fixture", module, "1");
  }

  /// A module without sources; dependencies are given as `group:artifact:version`.
  FixtureBuild module(
      String module, String group, String artifact, String version, String... dependencies) {
    String list =
        List.of(dependencies).stream()
            .map(dependency -> dependency.split(":", -1))
            .map(gav ->
                "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version></dependency>"
                    .formatted((Object[]) gav))
            .collect(Collectors.joining());
    modules.put(
        module,
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <parent>
            <groupId>dev.quorate</groupId>
            <artifactId>quorate</artifactId>
            <version>0.1.0-SNAPSHOT</version>
            <relativePath>%s</relativePath>
          </parent>
          <groupId>%s</groupId>
          <artifactId>%s</artifactId>
          <version>%s</version>
          <dependencies>%s</dependencies>
        </project>
        """
            .formatted(
                directory.resolve(module).relativize(repository.resolve("pom.xml")),
                group,
                artifact,
                version,
                list));
    return this;
  }

  /// Runs the build to its end, whatever fails on the way, and returns all that it printed.
  String run() throws IOException, InterruptedException {
    write();
    Path log = directory.resolve("build.log");
    ProcessBuilder maven =
        new ProcessBuilder(
            "sh",
            repository.resolve("mvnw").toString(),
            "-B",
            "-o",
            "-fae",
            "-Dstyle.color=never",
            "-Dformat.goal=check",
            "-Dmaven.repo.local=" + localRepository(),
            "-f",
            directory.resolve("pom.xml").toString(),
            "compile");
    maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
    maven.environment().put("LC_ALL", "C.UTF-8");
    maven.environment().keySet().removeIf(name -> name.startsWith("MAVEN_"));
    maven.directory(directory.toFile());
    Process process = maven.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(150, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return Files.readString(log);
  }

  private static String localRepository() {
    String configured = System.getProperty("maven.repo.local", "");
    return configured.isEmpty() ? System.getProperty("user.home") + "/.m2/repository" : configured;
  }

  private void write() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(
        directory.resolve("pom.xml"),
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>fixture</groupId>
          <artifactId>all</artifactId>
          <version>1</version>
          <packaging>pom</packaging>
          <modules>%s</modules>
        </project>
        """
            .formatted(
                modules.keySet().stream()
                    .map(module -> "<module>" + module + "</module>")
                    .collect(Collectors.joining())));
    for (Map.Entry<String, String> module : modules.entrySet()) {
      Path home = directory.resolve(module.getKey());
      Files.createDirectories(home);
      Files.writeString(home.resolve("pom.xml"), module.getValue());
    }
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path home = directory.resolve(source.getKey()).resolve("src/main/java/fixture");
      Files.createDirectories(home);
      Files.writeString(home.resolve("T.java"), source.getValue());
      Files.writeString(
          home.resolve("package-info.java"),
          """
          /// A counter-example.
          @NullMarked
          package fixture;

          import org.jspecify.annotations.NullMarked;
          """);
    }
  }
}
