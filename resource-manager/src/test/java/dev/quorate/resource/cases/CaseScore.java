package dev.quorate.resource.cases;

import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/// How well a plan agrees with the recorded one.
///
/// @param state the same places before (L0)
/// @param placement the same places afterwards (L1)
/// @param actions the same actions (L2)
/// @param order the same actions, and every recorded pair in its order (L3)
/// @param precision the share of the plan's ordered pairs that are recorded ones
record CaseScore(
    boolean state, boolean placement, boolean actions, boolean order, double precision) {
  static CaseScore of(RecordedPlan recorded, RecordedPlan plan) {
    boolean loops = plan.loops();
    SortedMap<String, SortedSet<RecordedPlan.Place>> wanted =
        recorded.outcome(recorded.before(), recorded.promotable());
    SortedMap<String, SortedSet<RecordedPlan.Place>> reached =
        plan.outcome(recorded.before(), recorded.promotable());
    boolean actions = recorded.counted().equals(plan.counted());
    SortedSet<String> pairs = recorded.pairs();
    SortedSet<String> ordered = plan.pairs();
    TreeSet<String> common = new TreeSet<>(ordered);
    common.retainAll(pairs);
    return new CaseScore(
        recorded.before().equals(plan.before()),
        wanted.equals(reached) && !loops,
        actions,
        actions && !loops && ordered.containsAll(pairs),
        ordered.isEmpty() ? 1 : (double) common.size() / ordered.size());
  }
}
