package dev.quorate.vip.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Real addresses on a real interface, in a network namespace of its own.
class VirtualIpNamespaceTest {
  private final String namespace = "qvip" + ProcessHandle.current().pid();

  @BeforeEach
  void makeNamespace() throws Exception {
    boolean root = Files.isWritable(Path.of("/proc/sys/kernel/hostname"));
    assumeTrue(root, "needs root to make a network namespace: skipped");
    ip("netns", "add", namespace);
    inside("link", "set", "lo", "up");
    inside("link", "add", "qa", "type", "veth", "peer", "name", "qb");
    inside("link", "set", "qa", "up");
    inside("link", "set", "qb", "up");
    inside("address", "add", "10.9.9.1/24", "dev", "qa");
  }

  @AfterEach
  void removeNamespace() throws Exception {
    if (Files.exists(Path.of("/run/netns", namespace))) {
      ip("netns", "delete", namespace);
    }
  }

  @Test
  void addressesComeGoAndAreNotStolen() throws Exception {
    var facts = inNamespace(NamespaceScenario.class);
    assertEquals(
        """
        agents 1
        before: Absent
        add: Present
        heard: request 0.0.0.0 own; request 0.0.0.0 own; request 10.9.9.100 own; reply 10.9.9.100 own;
        add again: Present
        monitor: Present
        valid: true
        shortened: true
        renew: Present
        renewed: true
        other prefix: Failed[reason=10.9.9.100 is present already as 10.9.9.100/24 on qa, not as \
        10.9.9.100/25 on qa; correct nic and cidr_netmask, or remove it]
        remove: Absent
        who was connected to it heard of its end
        who was not heard nothing
        remove again: Absent
        renew absent: Absent
        after: Absent
        claimed: Conflict[holder=02:00:00:00:00:99, reason=10.9.9.100 is in use by \
        02:00:00:00:00:99 on the network of qa]
        free: Present in time true
        claimed before: Conflict
        given up since: Present
        looked before: Present
        heard: request 0.0.0.0 own; request 0.0.0.0 own; request 10.9.9.103 own; reply 10.9.9.103 own;
        no network: Failed[reason=no interface has an address in the network of 10.8.0.1; give nic \
        and cidr_netmask]
        """,
        facts
            .lines()
            .map(String::stripTrailing)
            .filter(line -> !line.startsWith("#") && !line.startsWith("SLF4J"))
            .reduce("", (all, line) -> all + line + "\n"));
    System.out.println(facts);
  }

  @Test
  void aLinkThatIsDownIsNoPlaceForAnAddress() throws Exception {
    inside("link", "set", "qb", "down");
    inside(
        "address", "add", "10.9.9.100/24", "dev", "qa", "valid_lft", "60", "preferred_lft", "60");
    var facts = inNamespace(LinkDownScenario.class);
    assertTrue(facts.contains("monitor: Unreachable"), facts);
    assertTrue(facts.contains("has no carrier"), facts);
    assertTrue(facts.contains("remove: Absent"), facts);
    assertTrue(facts.contains("add: Failed[reason=interface qa has no carrier]"), facts);
  }

  private String inNamespace(Class<?> scenario) throws Exception {
    return run(
        List.of(
            "ip",
            "netns",
            "exec",
            namespace,
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:+UseSerialGC",
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            scenario.getName()));
  }

  private void inside(String... arguments) throws Exception {
    ip(Stream.concat(Stream.of("-n", namespace), Stream.of(arguments)).toArray(String[]::new));
  }

  private static void ip(String... arguments) throws Exception {
    run(Stream.concat(Stream.of("ip"), Stream.of(arguments)).toList());
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> command + " does not end");
    assertEquals(0, process.exitValue(), () -> command + ": " + output);
    return output;
  }
}
