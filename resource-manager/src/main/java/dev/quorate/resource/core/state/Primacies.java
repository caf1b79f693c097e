package dev.quorate.resource.core.state;

import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.Primacy;
import dev.quorate.resource.SyncPromise;

/// Copies of a [Primacy] with one component changed.
final class Primacies {
  private Primacies() {}

  static Primacy withHolder(Primacy p, Holder holder) {
    return new Primacy(
        p.resource(), p.epoch(), holder, p.promise(), p.election(), p.switchoverTo());
  }

  static Primacy withPromise(Primacy p, SyncPromise promise) {
    return new Primacy(
        p.resource(), p.epoch(), p.holder(), promise, p.election(), p.switchoverTo());
  }

  static Primacy withElection(Primacy p, Election election) {
    return new Primacy(
        p.resource(), p.epoch(), p.holder(), p.promise(), election, p.switchoverTo());
  }

  static Primacy withSwitchover(Primacy p, String target) {
    return new Primacy(p.resource(), p.epoch(), p.holder(), p.promise(), p.election(), target);
  }

  private static String outcome(Election election) {
    return switch (election) {
      case Election.Won(var round, var winner, _, _, _, var detail) ->
          "round " + round + ": " + winner + (detail.isEmpty() ? "" : ", " + detail);
      case Election.Idle(_, var before) -> before;
      case Election.Open _, Election.Blocked _ -> "";
    };
  }

  /// The next epoch, with its holder; the round that led to it is over.
  static Primacy granted(Primacy p, Holder.Held holder) {
    return new Primacy(
        p.resource(),
        p.epoch() + 1,
        holder,
        p.promise(),
        new Election.Idle(p.election().round(), outcome(p.election())),
        p.switchoverTo());
  }
}
