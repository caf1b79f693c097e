package dev.quorate.daemon.cli;

import dev.quorate.agents.Setup;
import dev.quorate.agents.Setup.Amendment;
import dev.quorate.agents.core.postgresql.MemberOrder;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.ResourceDefinition;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// `pg setup`: writes what `pg doctor` misses among the settings, and copies the database to nodes
/// that have none; says what it would do unless it is told to.
final class PgSetup {
  private final Invocation in;
  private final ResourceDefinition resource;
  private final SortedMap<NodeId, Setup> found = new TreeMap<>();
  private final SortedMap<NodeId, String> mute = new TreeMap<>();
  private final boolean silent;
  private final boolean clones;

  /// The node that was named, with a blank before it.
  private final String named;

  private PgSetup(Invocation in, ResourceDefinition resource) {
    this.in = in;
    this.resource = resource;
    this.silent = in.options().json();
    this.clones = in.options().own().containsKey(Options.CLONE);
    this.named = in.words().has() ? " " + in.words().peek() : "";
  }

  static List<Command> all() {
    return List.of(
        Command.of(
                "pg setup",
                "[NODE] [--yes] [--clone] [--wait[=S]] [-o json]",
                "Shows which settings are wrong or missing on every node, or one, and what would be"
                    + " written. With --yes it writes them into 'quorate.conf' in the data"
                    + " directory, which is included last, has the servers read it, and says what"
                    + " needs a restart. With --clone nodes without a database are copied from the"
                    + " primary as well.",
                PgSetup::run)
            .with(Options.CLONE));
  }

  private static void run(Invocation in) {
    PgSetup setup = new PgSetup(in, PgCommands.only(in));
    setup.look(PgDoctor.asked(in));
    if (in.options().force()) {
      setup.perform();
    } else {
      setup.foresee();
    }
  }

  private void look(List<NodeId> nodes) {
    for (NodeId node : nodes) {
      try {
        found.put(node, in.cluster().setUp(node, resource.id(), false));
      } catch (HactlError e) {
        mute.put(node, e.message());
      }
    }
  }

  // What would be done.

  private void foresee() {
    found.forEach(this::print);
    if (silent) {
      in.out().line(JsonText.pretty(json()));
    } else if (found.values().stream().anyMatch(Setup::writes)) {
      say("Nothing was written yet. To write it: hactl pg setup%s --yes".formatted(named));
    }
    restarts(PgOrders.promoted(in, resource));
    if (!mute.isEmpty()) {
      throw PgDoctor.mute(ExitCode.PARTLY, mute);
    }
    requireNoProblem(ExitCode.PARTLY, "see above");
  }

  private void print(NodeId node, Setup setup) {
    if (setup.bare()) {
      say(node + ": there is no database yet; 'hactl pg setup --yes --clone' copies the primary's");
    } else if (!setup.problem().isEmpty()) {
      say(node + ": " + setup.problem());
      say("  -> " + setup.remedy());
    } else if (setup.amendments().isEmpty()) {
      say(node + ": nothing to do");
    } else {
      say(node + ": " + setup.file());
    }
    setup.amendments().forEach(a -> say("  %-32s %s".formatted(setting(a), standing(a))));
  }

  private static String setting(Amendment amendment) {
    return amendment.name() + " = '" + amendment.value() + "'";
  }

  private static String standing(Amendment amendment) {
    if (!amendment.place().isEmpty()) {
      return "does not count, since %s says something else (%s)"
          .formatted(amendment.place(), amendment.why());
    }
    if (amendment.waits()) {
      return "is written, and counts after a restart (%s)".formatted(amendment.why());
    }
    if (amendment.written()) {
      return "is written, and the server has not taken it in (%s)".formatted(amendment.why());
    }
    return "would be written%s (%s)"
        .formatted(amendment.restart() ? ", and needs a restart" : "", amendment.why());
  }

  private void say(String line) {
    if (!silent) {
      in.out().line(line);
    }
  }

  // What is done.

  /// Standbys go first: with less room than the primary they would stop replaying.
  private void perform() {
    if (!mute.isEmpty()) {
      throw new HactlError(
          ExitCode.PARTLY,
          "HA-PG-027",
          "nothing was written, since not every node could be asked: " + mute,
          "type it again when they are back, or for one node: hactl pg setup NODE --yes");
    }
    requireNoProblem(ExitCode.FAILED, "nothing was written");
    List<NodeId> promoted = PgOrders.promoted(in, resource);
    List<NodeId> order = new ArrayList<>(found.keySet());
    order.removeAll(promoted);
    found.keySet().stream().filter(promoted::contains).forEach(order::add);
    order.forEach(this::write);
    copies(promoted);
    if (silent) {
      in.out().line(JsonText.pretty(json()));
    }
    restarts(promoted);
    requireThatAllCounts();
  }

  private void write(NodeId node) {
    Setup before = setup(node);
    if (!before.writes()) {
      if (!before.bare()) {
        print(node, before);
      }
      return;
    }
    Setup after = in.cluster().setUp(node, resource.id(), true);
    found.put(node, after);
    if (!after.problem().isEmpty()) {
      throw new HactlError(
          ExitCode.FAILED,
          "HA-PG-028",
          "%s: %s; the nodes after it were not touched".formatted(node, after.problem()),
          after.remedy());
    }
    say(node + ": written into " + after.file());
    for (Amendment amendment : before.amendments()) {
      say(
          "  %-32s %s"
              .formatted(
                  setting(amendment),
                  after.amendments().stream()
                      .filter(a -> a.name().equals(amendment.name()))
                      .findFirst()
                      .map(PgSetup::standing)
                      .orElse("is in force")));
    }
  }

  private Setup setup(NodeId node) {
    return found.getOrDefault(node, Setup.nothing(""));
  }

  private void copies(List<NodeId> promoted) {
    List<NodeId> bare = nodes(Setup::bare);
    if (bare.isEmpty()) {
      return;
    }
    if (!clones) {
      bare.forEach(node -> print(node, setup(node)));
      return;
    }
    if (promoted.isEmpty()) {
      throw new HactlError(
          ExitCode.REFUSED,
          "HA-PG-014",
          "there is no primary that could be copied to " + names(bare),
          "see why: hactl pg status");
    }
    SortedMap<NodeId, MemberOrder> orders = new TreeMap<>();
    for (NodeId node : bare) {
      orders.put(node, PgOrders.copy(in, resource, node));
      say("%s: is copied from %s; see 'hactl pg status'".formatted(node, promoted.getFirst()));
    }
    String others = "what was written and ordered for other nodes stands";
    orders.forEach((node, order) -> PgOrders.settle(in, resource, node, order, "copied", others));
  }

  private void restarts(List<NodeId> promoted) {
    List<NodeId> waiting = nodes(s -> s.amendments().stream().anyMatch(Amendment::waits));
    if (!waiting.isEmpty()) {
      String all = "hactl pg restart";
      boolean primary = waiting.stream().anyMatch(promoted::contains);
      say(
          "A restart is needed on %s: %s"
              .formatted(
                  names(waiting),
                  primary
                      ? all
                      : waiting.stream()
                          .map(node -> all + " " + node)
                          .collect(Collectors.joining(" && "))));
    }
  }

  private List<NodeId> nodes(Predicate<Setup> condition) {
    return found.keySet().stream().filter(n -> condition.test(setup(n))).toList();
  }

  private static String names(List<NodeId> nodes) {
    return String.join(", ", nodes.stream().map(NodeId::name).toList());
  }

  private void requireThatAllCounts() {
    List<String> without = new ArrayList<>();
    found.forEach((node, setup) ->
        setup.amendments().stream()
            .filter(a -> !a.waits())
            .forEach(a ->
                without.add(
                    "%s on %s (%s)"
                        .formatted(
                            a.name(),
                            node,
                            a.place().isEmpty() ? "not taken in by the server" : a.place()))));
    if (!without.isEmpty()) {
      throw new HactlError(
          ExitCode.FAILED,
          "HA-PG-029",
          "not all that is written counts: " + String.join(", ", without),
          "take it out there: with ALTER SYSTEM RESET from postgresql.auto.conf, from 'start_opts'"
              + " of the resource or from the line of the file; 'hactl pg doctor' names lines that"
              + " the server cannot read");
    }
  }

  private void requireNoProblem(ExitCode exit, String consequence) {
    found.forEach((node, setup) -> {
      if (!setup.problem().isEmpty()) {
        throw new HactlError(
            exit,
            "HA-PG-030",
            "%s: %s; %s".formatted(node, setup.problem(), consequence),
            setup.remedy());
      }
    });
  }

  private Map<String, Object> json() {
    Map<String, Object> nodes = new LinkedHashMap<>();
    found.forEach((node, setup) -> {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("file", setup.file());
      one.put("database", !setup.bare());
      one.put("problem", setup.problem());
      one.put(
          "settings",
          setup.amendments().stream()
              .map(a -> {
                Map<String, Object> setting = new LinkedHashMap<>();
                setting.put("name", a.name());
                setting.put("value", a.value());
                setting.put("written", a.written());
                setting.put("restart", a.restart());
                setting.put("overruled-by", a.place());
                setting.put("why", a.why());
                return setting;
              })
              .toList());
      nodes.put(node.name(), one);
    });
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("schema", 1);
    json.put("resource", resource.publicId().name());
    json.put("nodes", nodes);
    return json;
  }
}
