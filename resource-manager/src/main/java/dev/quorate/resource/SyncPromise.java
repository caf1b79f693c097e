package dev.quorate.resource;

import dev.quorate.membership.NodeId;
import java.util.Collection;
import java.util.List;

/// What acknowledged writes are promised to be on: any `required` of `members`, besides the
/// primary.
///
/// Failover needs voters R of the members with |R| + required > |members|.
///
/// @param version counts the changes, for compare-and-set
/// @param members sorted
/// @param required 0 means that nothing is promised
public record SyncPromise(long version, List<NodeId> members, int required) {
  /// Nothing promised yet.
  public static final SyncPromise NONE = new SyncPromise(0, List.of(), 0);

  /// Checks and sorts.
  public SyncPromise {
    members = members.stream().sorted().distinct().toList();
    if (required < 0 || required > members.size()) {
      throw new IllegalArgumentException(
          "required must be 0 to " + members.size() + ", not " + required);
    }
  }

  /// Whether these voters are sure to include every acknowledged write.
  public boolean coveredBy(Collection<NodeId> voters) {
    long reached = members.stream().filter(voters::contains).count();
    return reached + required > members.size();
  }
}
