package dev.quorate.resource.core.policy;

/// What distinguishes the actions of one resource on one node.
///
/// @param phase of a notification, as `pre:start`; of a pseudo-action of an ordering its name; else
///   empty
/// @param intervalMillis 0 for one that does not recur
record OperationKey(Task task, String phase, long intervalMillis) {
  static final OperationKey START = of(Task.START);
  static final OperationKey STOP = of(Task.STOP);
  static final OperationKey PROMOTE = of(Task.PROMOTE);
  static final OperationKey DEMOTE = of(Task.DEMOTE);
  static final OperationKey PROBE = of(Task.MONITOR);

  static OperationKey of(Task task) {
    return new OperationKey(task, "", 0);
  }
}
