package dev.quorate.agents.ping;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.agents.InstanceContext;
import dev.quorate.agents.ResourceInstance;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.OperationKind;
import dev.quorate.resource.OperationResult;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PingAgentTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  /// Nobody is there: the kernel does not even send anything.
  private static final String NOWHERE = "240.0.0.1";

  @TempDir private Path directory;

  private final SortedMap<String, String> said = new TreeMap<>();

  private ResourceInstance open(Map<String, String> parameters) {
    ResourceDefinition resource =
        new ResourceDefinition(
            new ResourceId("net"),
            AgentType.parse("ocf:pacemaker:ping"),
            new TreeMap<>(parameters),
            new TreeMap<>(),
            List.of(),
            new ResourceDefinition.Form.Clone(new ResourceId("net-clone"), 0, new TreeMap<>()));
    return new PingAgent()
        .open(
            new InstanceContext() {
              @Override
              public NodeId self() {
                return new NodeId("n1");
              }

              @Override
              public Incarnation incarnation() {
                return new Incarnation("boot-1", 1);
              }

              @Override
              public ResourceDefinition resource() {
                return resource;
              }

              @Override
              public void propose(ClusterCommand command) {
                if (command instanceof ClusterCommand.SetAttribute(_, _, var name, var value)) {
                  said.put(name, value);
                }
              }

              @Override
              public void monitorSoon() {}

              @Override
              public Path workDirectory() {
                return directory;
              }
            });
  }

  private void looks(String hosts, String count, String health) {
    said.clear();
    ResourceInstance instance =
        open(Map.of("host_list", hosts, "attempts", "1", "timeout", "1", "multiplier", "100"));
    assertEquals(OperationResult.succeeded(Role.STARTED), instance.run(OperationKind.START, LONG));
    assertEquals(count, said.getOrDefault("pingd", ""), hosts);
    assertEquals(health, said.getOrDefault("#health-ping-net", ""), hosts);
  }

  @Test
  @Tag("S4-28")
  void whomANodeReachesIsPartOfItsHealth() {
    looks("127.0.0.1", "100", "");
    looks("127.0.0.1 127.0.0.2", "200", "");
    looks("127.0.0.1 " + NOWHERE, "100", "yellow");
    looks(NOWHERE, "0", "red");
  }

  @Test
  void itIsWhatItWasToldToBe() {
    ResourceInstance instance = open(Map.of("host_list", "127.0.0.1"));
    assertEquals(
        OperationResult.succeeded(Role.STOPPED), instance.run(OperationKind.MONITOR, LONG));
    instance.run(OperationKind.START, LONG);
    assertEquals(
        OperationResult.succeeded(Role.STARTED),
        open(Map.of("host_list", "127.0.0.1")).run(OperationKind.MONITOR, LONG),
        "also after the daemon's restart");
    assertEquals(OperationResult.succeeded(Role.STOPPED), instance.run(OperationKind.STOP, LONG));
    assertEquals(
        OperationResult.succeeded(Role.STOPPED), instance.run(OperationKind.MONITOR, LONG));
  }

  @Test
  void whatIsWrongIsNamed() {
    for (Map<String, String> bad :
        List.of(
            Map.of("timeout", "2"),
            Map.of("host_list", "a;b"),
            Map.of("host_list", "a", "attempts", "0"),
            Map.of("host_list", "a", "multiplier", "x"),
            Map.of("host_list", "a", "timeout", "0"),
            Map.of("host_list", "a", "name", "#x"),
            Map.of("host_list", "a", "hosts", "b"))) {
      assertEquals(1, new PingAgent().problems(new TreeMap<>(bad)).size(), bad::toString);
    }
    assertEquals(
        List.of(), new PingAgent().problems(new TreeMap<>(Map.of("host_list", "a 10.0.0.1"))));
  }
}
