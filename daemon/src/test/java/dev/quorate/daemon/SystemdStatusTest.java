package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.consensus.Leadership;
import dev.quorate.consensus.LogPosition;
import dev.quorate.daemon.cli.NodeFacts;
import dev.quorate.daemon.cli.NodeFacts.Phase;
import dev.quorate.membership.Incarnation;
import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import dev.quorate.membership.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SystemdStatusTest {
  private static final NodeId SELF = new NodeId("n1");
  private static final String WHO = "node n1 of cluster c: ";

  private final List<String> sent = new ArrayList<>();
  private NodeFacts facts = facts(Phase.UNJOINED, false);
  private long now;
  private final SystemdStatus status = new SystemdStatus(() -> facts, sent::add, () -> now);

  private static NodeFacts facts(Phase phase, boolean quorum, String... heard) {
    List<Member> members =
        Arrays.stream(heard)
            .map(name -> new Member(new NodeId(name), new Incarnation("boot", 1)))
            .toList();
    Optional<View> view =
        heard.length == 0 ? Optional.empty() : Optional.of(new View(new RingId(1, SELF), members));
    boolean joined = phase != Phase.UNJOINED;
    return new NodeFacts(
        "1",
        joined ? "c" : "",
        joined ? Optional.of(SELF) : Optional.empty(),
        phase,
        new Leadership.Leaderless(0),
        quorum,
        "",
        view,
        LogPosition.NONE,
        List.of());
  }

  private List<String> look(NodeFacts next) {
    sent.clear();
    facts = next;
    status.look();
    return List.copyOf(sent);
  }

  @Test
  void whoWaitsForAClusterIsReadyAtOnceAndThenSaysHowItIs() {
    assertEquals(
        List.of(
            "READY=1\nSTATUS=waiting: 'hactl cluster setup' founds a cluster, 'hactl cluster join' enters one"),
        look(facts));
    assertEquals(List.of(), look(facts));
    assertEquals(
        List.of("STATUS=" + WHO + "no quorum, hears nobody else"),
        look(facts(Phase.RUNNING, false)));
    assertEquals(
        List.of("STATUS=" + WHO + "quorum, hears n2 and n3"),
        look(facts(Phase.RUNNING, true, "n1", "n2", "n3")));
    assertEquals(
        List.of("STATUS=" + WHO + "stopped, 'hactl cluster start' brings it back"),
        look(facts(Phase.STOPPED, false)));
    assertEquals(
        List.of("STATUS=" + WHO + "its log is damaged, see 'hactl status'"),
        look(facts(Phase.DAMAGED, false)));
  }

  @Test
  void aMemberIsReadyWhenItHearsAnother() {
    assertEquals(
        List.of("STATUS=" + WHO + "no quorum, hears nobody else"),
        look(facts(Phase.RUNNING, false, "n1")));
    assertEquals(
        List.of("READY=1\nSTATUS=" + WHO + "no quorum, hears n2"),
        look(facts(Phase.RUNNING, false, "n1", "n2")));
  }

  @Test
  void theOnlyMemberIsReadyWhenItLeads() {
    assertEquals(1, look(facts(Phase.RUNNING, false, "n1")).size());
    assertEquals(
        List.of("READY=1\nSTATUS=" + WHO + "quorum, hears nobody else"),
        look(facts(Phase.RUNNING, true, "n1")));
  }

  @Test
  void othersAreNotWaitedForForEver() {
    look(facts(Phase.RUNNING, false));
    now = SystemdStatus.PATIENCE.toNanos() - 1;
    assertEquals(List.of(), look(facts));
    now++;
    assertEquals(List.of("READY=1\nSTATUS=" + WHO + "no quorum, hears nobody else"), look(facts));
  }

  @Test
  void theLastWordStands() {
    look(facts(Phase.RUNNING, true));
    sent.clear();
    status.end("ended; the services go on");
    assertEquals(List.of("STOPPING=1\nSTATUS=ended; the services go on"), sent);
    assertEquals(List.of(), look(facts(Phase.RUNNING, false)));
  }
}
