package dev.quorate.benchmark;

import dev.quorate.resource.core.digest.OperationDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A cluster of any size on which everything runs and one node has just failed, as a document.
///
/// Resources come in stacks of five: most are plain primitives, each with the one below it; some
/// are groups, some clones of three instances. About three constraints a resource. Every node
/// remembers every resource, as after the probes of a start, or only what runs there.
public final class GeneratedCluster {
  private static final int STACK = 5;
  private static final String EMPTY = OperationDigest.of(new TreeMap<>(), OptionalLong.empty());
  private static final String TIMED = OperationDigest.of(new TreeMap<>(), OptionalLong.of(20_000));

  private final int nodes;
  private final SplittableRandom random = new SplittableRandom(42);
  private final StringBuilder resources = new StringBuilder();
  private final StringBuilder constraints = new StringBuilder();
  private final List<StringBuilder> history = new ArrayList<>();
  private int constraint;

  /// Whether nodes remember that a resource did not run there.
  private final boolean probed;

  private GeneratedCluster(int nodes, boolean probed) {
    this.nodes = nodes;
    this.probed = probed;
    for (int i = 0; i < nodes; i++) {
      history.add(new StringBuilder());
    }
  }

  /// The document.
  ///
  /// @param probed whether nodes remember that a resource did not run there
  public static String document(int nodes, int primitives, boolean probed) {
    GeneratedCluster cluster = new GeneratedCluster(nodes, probed);
    cluster.resources.append("<primitive id=\"fence\" class=\"stonith\" type=\"fence_dummy\"/>\n");
    cluster.runs("fence", nodes - 1, 1, "stonith", 0);
    for (int first = 0; first + STACK <= primitives; first += STACK) {
      switch (first / STACK % 10) {
        case 0, 1 -> cluster.group(first);
        case 2 -> cluster.clones(first);
        default -> cluster.stack(first);
      }
    }
    return cluster.text();
  }

  private void stack(int first) {
    int home = random.nextInt(nodes);
    for (int i = first; i < first + STACK; i++) {
      resources.append(primitive("r" + i)).append('\n');
      runs("r" + i, home, 1, "ocf", 10_000);
      location("r" + i, home, 100);
      location("r" + i, random.nextInt(nodes), 50);
      if (i > first) {
        colocation("r" + i, "r" + (i - 1), "INFINITY");
        order("r" + (i - 1), "r" + i);
      }
    }
    if (first >= 10 * STACK) {
      colocation("r" + first, "r" + (first - 5 * STACK), "-50");
    }
  }

  private void group(int first) {
    int home = random.nextInt(nodes);
    resources.append("<group id=\"g").append(first).append("\">");
    for (int i = first; i < first + STACK; i++) {
      resources.append(primitive("r" + i));
      runs("r" + i, home, 1, "ocf", 10_000);
    }
    resources.append("</group>\n");
    location("g" + first, home, 100);
    for (int i = 0; i < STACK; i++) {
      location("g" + first, random.nextInt(nodes), i * 10);
    }
  }

  private void clones(int first) {
    for (int i = first; i < first + STACK; i++) {
      resources.append("<clone id=\"c").append(i).append("\">");
      resources.append(
          "<meta_attributes id=\"c%d-m\"><nvpair id=\"c%d-x\" name=\"clone-max\" value=\"3\"/>"
              .formatted(i, i));
      resources.append(
          "<nvpair id=\"c%d-i\" name=\"interleave\" value=\"true\"/></meta_attributes>"
              .formatted(i));
      resources.append(primitive("r" + i)).append("</clone>\n");
      int home = random.nextInt(nodes);
      runs("r" + i, home, Math.min(3, nodes), "ocf", 10_000);
      location("c" + i, home, 100);
      location("c" + i, random.nextInt(nodes), 50);
      if (i > first) {
        order("c" + (i - 1), "c" + i);
      }
    }
  }

  private static String primitive(String id) {
    return ("<primitive id=\"%s\" class=\"ocf\" provider=\"pacemaker\" type=\"Dummy\"><operations>"
            + "<op id=\"%s-m\" name=\"monitor\" interval=\"10s\" timeout=\"20s\"/></operations>"
            + "</primitive>")
        .formatted(id, id);
  }

  private void location(String resource, int node, int score) {
    constraints.append(
        "<rsc_location id=\"l%d\" rsc=\"%s\" node=\"n%d\" score=\"%d\"/>\n"
            .formatted(constraint++, resource, node, score));
  }

  private void colocation(String resource, String with, String score) {
    constraints.append(
        "<rsc_colocation id=\"l%d\" rsc=\"%s\" with-rsc=\"%s\" score=\"%s\"/>\n"
            .formatted(constraint++, resource, with, score));
  }

  private void order(String first, String then) {
    constraints.append(
        "<rsc_order id=\"l%d\" first=\"%s\" then=\"%s\"/>\n".formatted(constraint++, first, then));
  }

  /// It runs on some nodes side by side, and is known not to run on the others.
  private void runs(String resource, int home, int instances, String kind, int interval) {
    boolean fence = kind.equals("stonith");
    String head =
        "<lrm_resource id=\"%s\" class=\"%s\"%s type=\"%s\">"
            .formatted(
                resource,
                kind,
                fence ? "" : " provider=\"pacemaker\"",
                fence ? "fence_dummy" : "Dummy");
    for (int node = 0; node < nodes; node++) {
      boolean active = Math.floorMod(node - home, nodes) < instances;
      if (!active && !probed) {
        continue;
      }
      StringBuilder text = history.get(node);
      text.append(head);
      text.append(
          active
              ? entry(resource + "_last_0", "start", 0, 0, EMPTY)
              : entry(resource + "_last_0", "monitor", 0, 7, EMPTY));
      if (active && interval > 0) {
        text.append(entry(resource + "_monitor_" + interval, "monitor", interval, 0, TIMED));
      }
      text.append("</lrm_resource>\n");
    }
  }

  private static String entry(String id, String operation, int interval, int code, String digest) {
    int call = interval > 0 ? 6 : 5;
    String key = call + ":1:" + code + ":0f4bf3a4-d59e-4d2c-a7a5-0d5a3e6b5f11";
    return ("<lrm_rsc_op id=\"%s\" operation=\"%s\" interval=\"%d\" call-id=\"%d\" rc-code=\"%d\""
            + " op-status=\"0\" op-digest=\"%s\" transition-key=\"%s\""
            + " transition-magic=\"0:%d;%s\" last-rc-change=\"1795170000\"/>")
        .formatted(id, operation, interval, call, code, digest, key, code, key);
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        <cib validate-with="pacemaker-3.9" crm_feature_set="3.17.4" epoch="1" num_updates="0"
          admin_epoch="0" have-quorum="1" dc-uuid="2" execution-date="1795176000">
        <configuration><crm_config><cluster_property_set id="o">
        <nvpair id="o1" name="stonith-enabled" value="true"/>
        <nvpair id="o2" name="enable-startup-probes" value="false"/>
        </cluster_property_set></crm_config>
        <nodes>
        """);
    for (int i = 0; i < nodes; i++) {
      text.append("<node id=\"%d\" uname=\"n%d\"/>\n".formatted(i + 1, i));
    }
    text.append("</nodes><resources>\n").append(resources);
    text.append("</resources><constraints>\n").append(constraints);
    text.append("</constraints></configuration><status>\n");
    for (int i = 0; i < nodes; i++) {
      text.append(
          ("<node_state id=\"%d\" uname=\"n%d\" in_ccm=\"%s\" crmd=\"%s\" join=\"%s\""
                  + " expected=\"member\"><lrm id=\"%d\"><lrm_resources>\n")
              .formatted(
                  i + 1,
                  i,
                  i == 0 ? "false" : "true",
                  i == 0 ? "offline" : "online",
                  i == 0 ? "down" : "member",
                  i + 1));
      text.append(history.get(i)).append("</lrm_resources></lrm></node_state>\n");
    }
    return text.append("</status></cib>\n").toString();
  }
}
