package dev.quorate.differential;

import dev.quorate.differential.Planned.Shape;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.ConstraintElement.Colocation;
import dev.quorate.resource.ConstraintElement.Location;
import dev.quorate.resource.ConstraintElement.Order;
import dev.quorate.resource.ConstraintElement.ResourceSet;
import dev.quorate.resource.ConstraintElement.Ticket;
import dev.quorate.resource.Role;
import dev.quorate.resource.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes up constraints. What is colocated or ordered follows the order of the resources, forwards
/// for all or backwards for all, so that there are no circles.
final class RandomConstraints {
  final List<ConstraintElement> elements = new ArrayList<>();
  private final Dice dice;
  private final List<Planned> resources;
  private final List<String> nodes;
  private final Instant now;
  private final boolean backwards;

  private final ComparableColocations colocated = new ComparableColocations();

  RandomConstraints(Dice dice, List<Planned> resources, List<String> nodes, Instant now) {
    this.dice = dice;
    this.resources = resources.stream().filter(r -> r.shape() != Shape.FENCE_DEVICE).toList();
    this.nodes = nodes;
    this.now = now;
    this.backwards = dice.chance(30);
  }

  void make(List<Planned> all) {
    for (int i = dice.between(0, 4); i > 0; i--) {
      location(dice.of(dice.chance(90) ? resources : all));
    }
    if (resources.size() > 1) {
      for (int i = dice.between(0, 3); i > 0; i--) {
        colocation();
      }
      for (int i = dice.between(0, 3); i > 0; i--) {
        order();
      }
    }
  }

  void tickets(List<String> tickets) {
    for (String ticket : tickets) {
      Planned resource = dice.of(resources);
      elements.add(
          new Ticket(
              id("ticket"),
              resource.id(),
              resource.promotable() && dice.chance(50)
                  ? Optional.of(Role.PROMOTED)
                  : Optional.empty(),
              ticket,
              dice.of("stop", "demote", "fence", "freeze", ""),
              List.of()));
    }
  }

  private String id(String kind) {
    return kind + "-" + (elements.size() + 1);
  }

  private void location(Planned resource) {
    String id = id("location");
    boolean member = resource.isGroup() && !resource.isClone() && dice.chance(10);
    String name = member ? dice.of(resource.primitives()).id() : resource.id();
    Optional<Role> role =
        resource.promotable() && dice.chance(35) ? Optional.of(Role.PROMOTED) : Optional.empty();
    if (dice.chance(25)) {
      elements.add(
          new Location(
              id,
              name,
              "",
              List.of(),
              "",
              Optional.empty(),
              Optional.empty(),
              "",
              List.of(rule(id + "-rule", role))));
      return;
    }
    String discovery = dice.chance(8) ? dice.of("never", "exclusive", "always") : "";
    boolean pattern = dice.chance(6);
    elements.add(
        new Location(
            id,
            pattern ? "" : name,
            pattern ? dice.of("r[12]", "^c.*", "!r.*") : "",
            List.of(),
            dice.of(nodes),
            Optional.of(dice.score()),
            role,
            discovery,
            List.of()));
  }

  private Rule rule(String id, Optional<Role> role) {
    List<Rule.Condition> conditions = new ArrayList<>();
    conditions.add(condition(id + "-1"));
    if (dice.chance(35)) {
      conditions.add(condition(id + "-2"));
    }
    boolean byAttribute = dice.chance(12);
    return new Rule(
        id,
        dice.chance(60),
        byAttribute ? Optional.empty() : Optional.of(dice.score()),
        byAttribute ? "worth" : "",
        role,
        conditions);
  }

  private Rule.Condition condition(String id) {
    return switch (dice.between(1, 7)) {
      case 1 -> comparison(id, "#uname", Rule.Operation.EQ, dice.of(nodes));
      case 2 -> comparison(id, "#uname", Rule.Operation.NE, dice.of(nodes));
      case 3 -> comparison(id, "site", Rule.Operation.EQ, dice.of("north", "south"));
      case 4 -> comparison(id, "site", Rule.Operation.NE, dice.of("north", "south"));
      case 5 -> comparison(id, "rank", Rule.Operation.DEFINED, "");
      case 6 ->
          comparison(
              id,
              "rank",
              dice.of(List.of(Rule.Operation.LT, Rule.Operation.GTE, Rule.Operation.GT)),
              "50");
      default -> {
        boolean after = dice.chance(50);
        Instant when = now.plusSeconds(dice.chance(50) ? -86_400 : 86_400);
        yield new Rule.DateComparison(
            id,
            after ? Rule.DateOperation.GT : Rule.DateOperation.LT,
            after ? Optional.of(when) : Optional.empty(),
            after ? Optional.empty() : Optional.of(when),
            Map.of(),
            Map.of());
      }
    };
  }

  private static Rule.Comparison comparison(
      String id, String attribute, Rule.Operation operation, String value) {
    return new Rule.Comparison(
        id, attribute, operation, Optional.empty(), Rule.ValueSource.LITERAL, value);
  }

  /// Two different resources, the first of which is to be first.
  private List<Planned> pair() {
    List<Planned> pair = dice.some(resources, 2);
    return backwards ? pair.reversed() : pair;
  }

  private void colocation() {
    String id = id("colocation");
    if (resources.size() > 2 && dice.chance(15) && resources.stream().noneMatch(Planned::unique)) {
      int score = dice.score();
      List<ResourceSet> sets = sets(id, false, Math.abs(score) >= 1_000_000);
      List<String> members = sets.stream().flatMap(s -> s.resources().stream()).toList();
      if (!colocated.admit(members, score)) {
        return;
      }
      elements.add(
          new Colocation(
              id, "", Optional.empty(), "", Optional.empty(), score, "", Optional.empty(), sets));
      return;
    }
    List<Planned> pair = pair();
    Planned primary = pair.getFirst();
    Planned dependent = pair.getLast();
    Optional<Role> drawn = role(dependent, 25);
    Optional<Role> primaryRole = role(primary, 60);
    int score = score(dependent, primary);
    Optional<Role> role = drawn.filter(each -> plain(dependent, each, score));
    if (!colocated.admit(dependent.id(), primary.id(), score)) {
      return;
    }
    elements.add(
        new Colocation(
            id,
            dependent.id(),
            role,
            primary.id(),
            primaryRole,
            score,
            dice.chance(8) ? "site" : "",
            dice.chance(8) ? Optional.of(dice.chance(30)) : Optional.empty(),
            List.of()));
  }

  /// Older versions do not let those that wish to be with a clone choose among its instances, nor a
  /// clone's wishes among the places for all of them; so nobody wishes it where it can be seen.
  private int score(Planned dependent, Planned primary) {
    int score = dice.score();
    if (primary.unique()) {
      return -Math.abs(score);
    }
    return dependent.unique() && score > 0 ? 1_000_000 : score;
  }

  /// Older versions let a role depend on another resource only if it is the promoted one, must, and
  /// is not that of a group; else they merely look where the other resource wants to be.
  private static boolean plain(Planned dependent, Role role, int score) {
    return role == Role.STARTED
        || (role == Role.PROMOTED && Math.abs(score) >= 1_000_000 && !dependent.isGroup());
  }

  private Optional<Role> role(Planned resource, int percent) {
    if (resource.promotable() && dice.chance(percent)) {
      return Optional.of(dice.chance(85) ? Role.PROMOTED : Role.UNPROMOTED);
    }
    return dice.chance(3) ? Optional.of(Role.STARTED) : Optional.empty();
  }

  /// Mostly the resource itself, now and then a member of the group.
  private String named(Planned resource) {
    return resource.shape() == Shape.GROUP && dice.chance(12)
        ? dice.of(resource.primitives()).id()
        : resource.id();
  }

  private List<ResourceSet> sets(String id, boolean order, boolean roles) {
    List<Planned> chosen = new ArrayList<>(dice.some(resources, dice.between(2, 4)));
    if (backwards == order) {
      chosen = chosen.reversed();
    }
    int cut = chosen.size() > 2 && dice.chance(60) ? dice.between(1, chosen.size() - 1) : 0;
    List<ResourceSet> sets = new ArrayList<>();
    if (cut > 0) {
      sets.add(
          set(
              id + "-a",
              order ? chosen.subList(0, cut) : chosen.subList(cut, chosen.size()),
              order,
              roles));
      sets.add(
          set(
              id + "-b",
              order ? chosen.subList(cut, chosen.size()) : chosen.subList(0, cut),
              order,
              roles));
    } else {
      sets.add(set(id + "-a", chosen, order, roles));
    }
    return sets;
  }

  private ResourceSet set(String id, List<Planned> resources, boolean order, boolean roles) {
    boolean promotable = resources.stream().allMatch(Planned::promotable);
    Optional<Boolean> sequential =
        dice.chance(35) ? Optional.of(dice.chance(20)) : Optional.empty();
    return new ResourceSet(
        id,
        resources.stream().map(Planned::id).toList(),
        sequential,
        order && sequential.equals(Optional.of(false)) && dice.chance(50)
            ? Optional.of(false)
            : Optional.empty(),
        "",
        order && promotable && dice.chance(50) ? "promote" : "",
        roles && promotable && dice.chance(50) && resources.stream().noneMatch(Planned::isGroup)
            ? Optional.of(Role.PROMOTED)
            : Optional.empty(),
        Optional.empty(),
        "");
  }

  private void order() {
    String id = id("order");
    Optional<Order.Kind> kind =
        dice.chance(45)
            ? Optional.empty()
            : Optional.of(
                dice.of(
                    List.of(
                        Order.Kind.MANDATORY,
                        Order.Kind.MANDATORY,
                        Order.Kind.OPTIONAL,
                        Order.Kind.SERIALIZE)));
    Optional<Boolean> symmetrical =
        kind.equals(Optional.of(Order.Kind.SERIALIZE)) || !dice.chance(15)
            ? Optional.empty()
            : Optional.of(dice.chance(30));
    if (resources.size() > 2 && dice.chance(18)) {
      elements.add(
          new Order(
              id,
              "",
              "",
              "",
              "",
              kind,
              Optional.empty(),
              symmetrical,
              Optional.empty(),
              sets(id, true, false)));
      return;
    }
    List<Planned> pair = pair();
    Planned first = pair.getFirst();
    Planned then = pair.getLast();
    String firstAction = action(first);
    String thenAction =
        firstAction.isEmpty() && !dice.chance(10)
            ? ""
            : then.promotable() && dice.chance(30) ? "promote" : dice.of("start", "start", "stop");
    elements.add(
        new Order(
            id,
            named(first),
            firstAction,
            named(then),
            thenAction,
            kind,
            Optional.empty(),
            symmetrical,
            first.isClone() && dice.chance(10) ? Optional.of(false) : Optional.empty(),
            List.of()));
  }

  private String action(Planned first) {
    if (first.promotable() && dice.chance(45)) {
      return dice.of("promote", "promote", "promote", "demote");
    }
    return dice.chance(8) ? dice.of("stop", "start") : "";
  }
}
