package dev.quorate.fencing.script;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.fencing.FenceAction;
import dev.quorate.fencing.FenceAgentCall;
import dev.quorate.fencing.FenceAgentResult;
import dev.quorate.fencing.FenceDevice;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FenceAgentScriptTest {
  private static final NodeId N2 = new NodeId("n2");

  @TempDir Path directory = Path.of("");
  private FenceAgentScript script = new FenceAgentScript(FenceAgentScript.Settings.DEFAULT);

  @BeforeEach
  void installFakeAgent() throws IOException {
    script = FakeAgent.install(directory);
  }

  @Test
  void tellsTheAgentWhatItNeedsAndReadsItsExitCode() throws Exception {
    assertEquals(0, exitCode(run(Map.of("pcmk_host_map", "n2:7"), FenceAction.STATUS)));
    assertEquals(0, exitCode(run(Map.of("pcmk_host_map", "n2:7"), FenceAction.OFF)));
    assertEquals(2, exitCode(run(Map.of("pcmk_host_map", "n2:7"), FenceAction.STATUS)));
    assertEquals(0, exitCode(run(Map.of("pcmk_host_list", "n2"), FenceAction.MONITOR)));
    assertEquals(
        List.of(
            "status 7 n2 pacemaker-fenced 0",
            "off 7 n2 pacemaker-fenced 0",
            "status 7 n2 pacemaker-fenced 0",
            "monitor   pacemaker-fenced 0"),
        Files.readAllLines(directory.resolve("calls")));
  }

  @Test
  void namesTheTargetAsTheDeviceWantsIt() {
    assertEquals("nodename=n2\nplug=n2\naction=off\n", input(Map.of("pcmk_host_argument", "plug")));
    assertEquals("nodename=n2\naction=off\n", input(Map.of("pcmk_host_argument", "none")));
    assertEquals("nodename=n2\nport=3\naction=off\n", input(Map.of("port", "3")));
    assertEquals("nodename=n2\nport=n2\naction=cycle\n", input(Map.of("pcmk_off_action", "cycle")));
  }

  @Test
  void killsAHangingAgentWithItsChildren() throws Exception {
    var result = run(Map.of("pcmk_host_list", "n2", "mode", "hang"), FenceAction.OFF, 400);
    assertInstanceOf(FenceAgentResult.Killed.class, result);
    long child = Long.parseLong(Files.readString(directory.resolve("child")).strip());
    var handle = ProcessHandle.of(child);
    if (handle.isPresent()) {
      handle.get().onExit().get(5, TimeUnit.SECONDS);
    }
    assertFalse(ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false));
  }

  @Test
  void anInterruptKillsTheAgent() throws Exception {
    var interrupted = new CompletableFuture<Boolean>();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                run(Map.of("pcmk_host_list", "n2", "mode", "hang"), FenceAction.OFF, 60_000);
                interrupted.complete(false);
              } catch (InterruptedException e) {
                interrupted.complete(true);
              }
            });
    thread.interrupt();
    assertTrue(interrupted.get(5, TimeUnit.SECONDS));
  }

  @Test
  void survivesGarbageAndBoundsIt() throws Exception {
    var result = run(Map.of("pcmk_host_list", "n2", "mode", "garbage"), FenceAction.OFF);
    var exited = assertInstanceOf(FenceAgentResult.Exited.class, result);
    assertEquals(77, exited.exitCode());
    assertTrue(exited.message().length() < 600);
  }

  @Test
  void masksSecretsInWhatTheAgentSays() throws Exception {
    var result =
        run(Map.of("pcmk_host_list", "n2", "mode", "leak", "passwd", "s3cret"), FenceAction.OFF);
    assertEquals(new FenceAgentResult.Exited(3, "login with *** failed"), result);
  }

  @Test
  void aMissingAgentIsNamedWithPlaceAndRemedy() throws Exception {
    var device = FenceDevice.of("f", "fence_absent", Map.of("pcmk_host_list", "n2"));
    var result = script.run(new FenceAgentCall(device, FenceAction.OFF, N2, Duration.ofSeconds(1)));
    var reason = assertInstanceOf(FenceAgentResult.NotStarted.class, result).reason();
    assertTrue(reason.contains("'fence_absent' is not in " + directory), reason);
    assertTrue(reason.contains("install"), reason);
    assertInstanceOf(FenceAgentScript.Location.Missing.class, script.locate("/nowhere/fence_x"));
  }

  @Test
  void aFileThatIsNoProgramIsNotStarted() throws Exception {
    var broken = Files.writeString(directory.resolve("fence_broken"), "not a program");
    assertTrue(broken.toFile().setExecutable(true));
    var device = FenceDevice.of("f", broken.toString(), Map.of("pcmk_host_list", "n2"));
    var result = script.run(new FenceAgentCall(device, FenceAction.OFF, N2, Duration.ofSeconds(5)));
    assertFalse(result instanceof FenceAgentResult.Exited(var code, _) && code == 0);
  }

  private static int exitCode(FenceAgentResult result) {
    return assertInstanceOf(FenceAgentResult.Exited.class, result).exitCode();
  }

  private static String input(Map<String, String> more) {
    var attributes = new TreeMap<>(more);
    attributes.put("pcmk_host_list", "n2");
    var device = FenceDevice.of("f", "fence_fake", attributes);
    return FenceAgentScript.input(
        new FenceAgentCall(device, FenceAction.OFF, N2, Duration.ofSeconds(1)));
  }

  private FenceAgentResult run(Map<String, String> attributes, FenceAction action)
      throws InterruptedException {
    return run(attributes, action, 10_000);
  }

  private FenceAgentResult run(Map<String, String> attributes, FenceAction action, long millis)
      throws InterruptedException {
    var all = new TreeMap<>(attributes);
    all.put("state_dir", Objects.requireNonNull(directory).toString());
    var device = FenceDevice.of("f", "fence_fake", all);
    return script.run(new FenceAgentCall(device, action, N2, Duration.ofMillis(millis)));
  }
}
