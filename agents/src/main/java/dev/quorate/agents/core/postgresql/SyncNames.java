package dev.quorate.agents.core.postgresql;

import dev.quorate.membership.NodeId;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What PostgreSQL is told in `synchronous_standby_names`: a commit waits until `required` of the
/// members have flushed it.
///
/// Unlike a recorded promise it may ask for more standbys than it names: then every commit waits,
/// which is what a new primary without standbys must do until the promise is loosened.
///
/// @param members the standbys that count, by the names under which they connect
/// @param required how many must have flushed; 0 lets commits return at once
public record SyncNames(SortedSet<NodeId> members, int required) {
  /// A name that no standby ever has.
  private static final String NOBODY = "quorate:nobody";

  private static final Pattern FORM =
      Pattern.compile("ANY (\\d) \\(((?:\"[A-Za-z0-9._:-]+\"(?:, )?)+)\\)");

  /// Copies the set.
  public SyncNames {
    if (required < 0) {
      throw new IllegalArgumentException("a commit cannot wait for " + required + " standbys");
    }
    members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
  }

  /// Makes the names.
  ///
  /// @param members the standbys that count
  /// @param required how many must have flushed
  public static SyncNames of(Collection<NodeId> members, int required) {
    return new SyncNames(new TreeSet<>(members), required);
  }

  /// The value of the setting.
  public String setting() {
    if (required == 0) {
      return "";
    }
    String names =
        members.size() < required
            ? '"' + NOBODY + '"'
            : members.stream().map(m -> '"' + m.name() + '"').collect(Collectors.joining(", "));
    return "ANY " + (members.size() < required ? 1 : required) + " (" + names + ")";
  }

  /// Reads a setting that [#setting()] wrote; any other promises nothing.
  ///
  /// @param setting the value in force
  public static SyncNames parse(String setting) {
    Matcher any = FORM.matcher(setting);
    if (!any.matches()) {
      return of(List.of(), 0);
    }
    List<NodeId> members =
        List.of(any.group(2).split(",", -1)).stream()
            .map(n -> n.strip().replace("\"", ""))
            .filter(n -> !n.equals(NOBODY))
            .map(NodeId::new)
            .toList();
    return of(members, Integer.parseInt(any.group(1)));
  }

  SyncNames withMembers(Collection<NodeId> other) {
    return of(other, required);
  }

  SyncNames withRequired(int other) {
    return of(members, other);
  }

  @Override
  public String toString() {
    return required + " of " + members;
  }
}
