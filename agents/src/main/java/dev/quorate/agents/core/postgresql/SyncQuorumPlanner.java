package dev.quorate.agents.core.postgresql;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.SyncPromise;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/// The order in which the promise changes in the log and in PostgreSQL.
///
/// The recorded promise says which standbys suffice for a failover; the applied one says which
/// standbys a commit waits for. They cannot change at the same instant, so one must lead:
///
/// | change | first | then |
/// |---|---|---|
/// | a standby joins | recorded | applied |
/// | a standby leaves | applied, and wait until enough of the rest have flushed | recorded |
/// | more acknowledgements | applied, and wait until enough have flushed | recorded |
/// | fewer acknowledgements | recorded | applied |
///
/// Invariants:
/// - every set of standbys that can have acknowledged a commit alone meets every set that the
///   recorded promise lets fail over;
/// - members and acknowledgements never change in one step;
/// - after a promotion nothing is special: the new primary applies the recorded promise without
///   itself, which is a standby leaving.
public final class SyncQuorumPlanner {
  private SyncQuorumPlanner() {}

  /// What is recorded, what is applied, and what is wanted.
  ///
  /// @param self the primary
  /// @param recorded the promise in the log
  /// @param applied the promise that PostgreSQL keeps; never has the primary among its members
  /// @param boundary the end of the WAL after the applied promise came into force
  /// @param flushed the standbys that stream from this primary, and how far each has flushed
  /// @param wanted what the promise should become; never has the primary among its members
  public record Situation(
      NodeId self,
      SyncPromise recorded,
      SyncNames applied,
      Lsn boundary,
      SortedMap<NodeId, Lsn> flushed,
      SyncNames wanted) {

    private boolean isFlushed() {
      long enough =
          applied.members().stream()
              .filter(m -> Optional.ofNullable(flushed.get(m)).orElse(Lsn.NONE).reaches(boundary))
              .count();
      return enough >= applied.required();
    }
  }

  /// One change, or the wait before it.
  public sealed interface Step {
    /// Commit this promise to the log.
    ///
    /// @param promise the promise
    record Commit(SyncPromise promise) implements Step {}

    /// Tell PostgreSQL; the boundary becomes the end of the WAL after the names are in force.
    ///
    /// @param names what to wait for
    record Apply(SyncNames names) implements Step {}

    /// Wait until enough members of the applied promise have flushed.
    ///
    /// @param boundary up to where
    record AwaitFlush(Lsn boundary) implements Step {}

    /// Nothing to do.
    record Settled() implements Step {}
  }

  /// What a new primary applies before it accepts its first write.
  ///
  /// @param self the node about to be promoted
  /// @param recorded the promise in the log
  /// @return the recorded promise, kept by the others
  public static SyncNames onPromotion(NodeId self, SyncPromise recorded) {
    SortedSet<NodeId> others = new TreeSet<>(recorded.members());
    others.remove(self);
    return SyncNames.of(others, recorded.required());
  }

  /// Says what to do next.
  ///
  /// @param now the situation
  /// @return one step
  public static Step next(Situation now) {
    SyncPromise recorded = now.recorded();
    SyncNames applied = now.applied();
    SortedSet<NodeId> known = new TreeSet<>(applied.members());
    known.retainAll(recorded.members());
    if (known.size() < applied.members().size()) {
      return new Step.Apply(applied.withMembers(known));
    }
    if (applied.required() < recorded.required()) {
      return new Step.Apply(applied.withRequired(recorded.required()));
    }
    if (applied.required() > recorded.required()) {
      return finishAcknowledgements(now);
    }
    if (!List.copyOf(applied.members()).equals(recorded.members())) {
      return finishMembers(now);
    }
    return begin(now);
  }

  /// Who is no longer wanted may never flush again: then PostgreSQL goes back to what is recorded,
  /// and others take the place first.
  private static Step finishAcknowledgements(Situation now) {
    SortedSet<NodeId> staying = new TreeSet<>(now.applied().members());
    staying.retainAll(now.wanted().members());
    boolean raising =
        now.wanted().required() >= now.applied().required()
            && (now.isFlushed() || staying.size() >= now.applied().required());
    if (!raising || now.applied().members().size() < now.applied().required()) {
      return new Step.Apply(now.applied().withRequired(now.recorded().required()));
    }
    return now.isFlushed()
        ? new Step.Commit(withRequired(now.recorded(), now.applied().required()))
        : new Step.AwaitFlush(now.boundary());
  }

  private static Step finishMembers(Situation now) {
    SortedSet<NodeId> joining = new TreeSet<>(now.recorded().members());
    joining.removeAll(now.applied().members());
    joining.retainAll(now.wanted().members());
    if (!joining.isEmpty()) {
      joining.addAll(now.applied().members());
      return new Step.Apply(now.applied().withMembers(joining));
    }
    if (now.applied().members().size() < now.applied().required()) {
      return loosenOrGrow(now);
    }
    return now.isFlushed()
        ? new Step.Commit(withMembers(now.recorded(), now.applied().members()))
        : growOrAwait(now);
  }

  /// The members that are left cannot keep the promise: others must join, or it must be loosened.
  private static Step loosenOrGrow(Situation now) {
    SortedSet<NodeId> grown = new TreeSet<>(now.recorded().members());
    if (grown.addAll(now.wanted().members())) {
      return new Step.Commit(withMembers(now.recorded(), grown));
    }
    if (now.wanted().required() < now.recorded().required()) {
      return new Step.Commit(withRequired(now.recorded(), now.wanted().required()));
    }
    return new Step.AwaitFlush(now.boundary());
  }

  private static Step growOrAwait(Situation now) {
    Step other = loosenOrGrow(now);
    return other instanceof Step.Commit ? other : new Step.AwaitFlush(now.boundary());
  }

  private static Step begin(Situation now) {
    SyncPromise held = now.recorded();
    SyncNames wanted = now.wanted();
    SortedSet<NodeId> grown = new TreeSet<>(held.members());
    if (grown.addAll(wanted.members())) {
      return new Step.Commit(withMembers(held, grown));
    }
    if (wanted.required() > held.required() && held.members().size() >= wanted.required()) {
      return new Step.Apply(SyncNames.of(held.members(), wanted.required()));
    }
    if (wanted.required() < held.required()) {
      return new Step.Commit(withRequired(held, wanted.required()));
    }
    SortedSet<NodeId> kept = new TreeSet<>(held.members());
    kept.retainAll(wanted.members());
    if (kept.size() < held.members().size() && kept.size() >= held.required()) {
      return new Step.Apply(SyncNames.of(kept, held.required()));
    }
    return new Step.Settled();
  }

  private static SyncPromise withMembers(SyncPromise promise, Collection<NodeId> members) {
    return new SyncPromise(promise.version() + 1, List.copyOf(members), promise.required());
  }

  private static SyncPromise withRequired(SyncPromise promise, int required) {
    return new SyncPromise(promise.version() + 1, promise.members(), required);
  }
}
