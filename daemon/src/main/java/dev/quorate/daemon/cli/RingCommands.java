package dev.quorate.daemon.cli;

import dev.quorate.membership.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `ring …`
final class RingCommands {
  private RingCommands() {}

  static List<Command> all() {
    return List.of(
        Command.of(
            "ring status",
            "[-o json]",
            "Shows the ring's view and, for each link to each node, state, round trip and loss.",
            RingCommands::status),
        Command.of(
            "ring rekey",
            "",
            "Gives the ring a new key, on all nodes, while it goes on; on the first node.",
            RingCommands::rekey));
  }

  private static void status(Invocation in) {
    in.words().end();
    NodeFacts facts = in.cluster().facts();
    List<Cluster.RingLink> links = in.cluster().ringLinks();
    if (in.options().json()) {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("schema", 1);
      json.put("ring", facts.view().map(v -> v.id().toString()).orElse(""));
      json.put("members", members(facts));
      json.put("links", links.stream().map(RingCommands::json).toList());
      in.out().line(JsonText.pretty(json));
      return;
    }
    in.out()
        .line("Ring:    " + facts.view().map(v -> v.id().toString()).orElse("none installed yet"));
    in.out().line("Members: " + String.join(", ", members(facts)));
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("NODE", "LINK", "ADDRESS", "STATE", "ROUND TRIP", "LOSS IN", "LOSS OUT", ""));
    links.forEach(link -> rows.add(row(link)));
    Columns.of(rows, "").forEach(in.out()::line);
    facts.warnings().forEach(in.out()::remark);
  }

  private static void rekey(Invocation in) {
    in.words().end();
    in.cluster().rekey().forEach(in.out()::line);
  }

  private static List<String> members(NodeFacts facts) {
    return facts.view().map(v -> v.nodes().stream().map(NodeId::name).toList()).orElse(List.of());
  }

  private static List<String> row(Cluster.RingLink link) {
    var status = link.status();
    return List.of(
        status.peer().name(),
        Integer.toString(status.link()),
        link.address(),
        status.state().name().toLowerCase(Locale.ROOT),
        status.roundTrip().map(t -> text("%.2f ms", t.toNanos() / 1e6)).orElse("-"),
        text("%.0f %%", status.lossIn() * 100),
        text("%.0f %%", status.lossOut() * 100),
        status.preferred() ? "in use" : "");
  }

  private static String text(String form, double value) {
    return String.format(Locale.ROOT, form, value);
  }

  private static Map<String, Object> json(Cluster.RingLink link) {
    var status = link.status();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("node", status.peer().name());
    json.put("link", status.link());
    json.put("address", link.address());
    json.put("state", status.state().name().toLowerCase(Locale.ROOT));
    json.put("round_trip_us", status.roundTrip().map(Duration::toNanos).orElse(0L) / 1000);
    json.put("loss_in", status.lossIn());
    json.put("loss_out", status.lossOut());
    json.put("in_use", status.preferred());
    return json;
  }
}
