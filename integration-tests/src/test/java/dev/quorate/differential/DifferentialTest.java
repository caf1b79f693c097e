package dev.quorate.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quorate.resource.cib.xml.CibReader;
import dev.quorate.resource.cib.xml.CibWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Random small clusters, decided here and by `crm_simulate`. `-Dseed=N` begins elsewhere,
/// `-Dseeds=N` takes more.
@Tag("slow")
class DifferentialTest {
  private static final long SEEDS = 150;

  /// Of a thousand; `docs/scheduler-differences.md` says which do.
  private static final int MAY_DIFFER = 10;

  @Test
  void decidesAsPacemakerDoes() throws IOException, InterruptedException {
    assumeTrue(
        CrmSimulate.program().isPresent(),
        "crm_simulate is not installed (Debian: pacemaker-cli-utils)");
    long first = Long.getLong("seed", 1);
    List<DifferentialRun.Result> results =
        new DifferentialRun(Optional.empty(), false, false, false)
            .run(first, first + Long.getLong("seeds", SEEDS));
    List<DifferentialRun.Result> comparable =
        results.stream().filter(result -> !result.known()).toList();
    List<DifferentialRun.Result> different =
        comparable.stream().filter(result -> !result.same()).toList();
    assertTrue(comparable.size() * 10 >= results.size() * 9, "few differ for known reasons");
    assertTrue(
        different.size() * 1_000 <= comparable.size() * MAY_DIFFER,
        () ->
            different.stream()
                .map(DifferentialRun.Result::text)
                .collect(Collectors.joining("\n", different.size() + " differ:\n", "")));
  }

  @Test
  void everyClusterIsWorthDeciding() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      RandomCluster cluster = RandomCluster.of(seed);
      assertTrue(cluster.features().size() >= 3, "three features: " + cluster.features());
    }
  }

  @Test
  void aSeedGivesOneClusterThatSurvivesItsWriting() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      String xml = CibWriter.write(RandomCluster.of(seed).cib());
      assertEquals(xml, CibWriter.write(RandomCluster.of(seed).cib()));
      CibReader.Result read = CibReader.read(xml.getBytes(StandardCharsets.UTF_8));
      assertEquals(List.of(), read.problems());
      assertEquals(Optional.of(RandomCluster.of(seed).cib()), read.cib());
    }
  }
}
