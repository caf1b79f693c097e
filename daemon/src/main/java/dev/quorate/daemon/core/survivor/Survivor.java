package dev.quorate.daemon.core.survivor;

import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One of two voters, at one moment. Think of two keepers of one ledger: each entry needs both
/// hands. If one does not answer, the other may begin a new volume alone, but only after it has
/// seen with its own eyes that the first one's lamp is out, and has written on the cover that it is
/// alone; and it wipes that off the cover before it hands the pen back.
///
/// Invariants:
/// - Who has not voted with the other, or been alone, in this run fences nobody: it may have missed
///   a volume. It waits for the other, unless its own cover says that it is alone.
/// - While it fences, it gives no vote to the log of both, so that the other cannot come back and
///   decide with its help.
/// - [Standing#SOLE] is on disk before anything is decided alone, and off the disk before the other
///   votes again; in between nothing is decided.
/// - An operator's word that the other is off stands for the device, and for having voted: what the
///   other may have begun alone then ends with it, for the epoch that follows is later than that.
/// - Who leaves because its own disk hangs does nothing more in this run: the other misses it, and
///   shows it to be off.
/// - Who leaves the cluster in peace while the other stays gives its vote away for good, and says
///   so when that is on its disk; what both decided is in the log of the other. Never do both: who
///   leaves second finds in the log that the other has left.
/// - Who was alone, and comes back after so long that somebody may have sworn it to be off, goes on
///   only when it hears that the other has become its learner, or by an oath as well. That the
///   other is behind is not enough: it may have been said before an oath, and be heard after it.
/// - A learner is one durably before it discards anything, and until it votes again.
///
/// Immutable; times and the fence device are the caller's.
///
/// @param disk what is known to be on disk
/// @param writing what is on its way to the disk
/// @param entitled whether this run has voted with the other, or was alone
/// @param peerBoot the boot of the peer with which it voted last
public record Survivor(
    SurvivorRecord disk,
    Optional<SurvivorRecord> writing,
    Phase phase,
    boolean entitled,
    String peerBoot) {

  /// What a node is doing.
  public enum Phase {
    /// It has begun to run, or waits for the other; decides nothing.
    WAITING,
    /// It was alone before it began to run, and makes sure that the other is off.
    RESUMING,
    /// It was alone before it began to run, and was away for so long that the other may have been
    /// sworn to go on since: that the other is off now shows nothing of that.
    DOUBTING,
    /// Both vote.
    PAIRED,
    /// The other is not heard; before it fences, it gives the other's side its delay.
    ALONE,
    /// It fences the other.
    FENCING,
    /// The other is off; that it is alone is being written.
    BURYING,
    /// It decides alone.
    SOLE,
    /// It copies the other's log, or waits for being a voter again.
    LEARNING,
    /// It has ceased to be alone: the other may vote again, and nothing is decided before it does.
    OFFERING,
    /// It has left the cluster, and its vote to the other.
    LEFT,
    /// Its log hangs, and it has left the decision to the other, until it begins to run anew.
    OUT
  }

  /// What is next, and what is to be done for it.
  public record Step(Survivor next, List<SurvivorEffect> effects) {
    /// Copies the list.
    public Step {
      effects = List.copyOf(effects);
    }
  }

  /// A node that begins to run.
  ///
  /// @param disk what it finds on its disk
  /// @param mayBeOutdone whether it was away for so long that somebody may have sworn it to be off
  public static Step begin(SurvivorRecord disk, boolean mayBeOutdone) {
    Survivor next = new Survivor(disk, Optional.empty(), Phase.WAITING, false, "");
    if (disk.standing() != Standing.SOLE) {
      return next.stay();
    }
    return mayBeOutdone
        ? next.to(Phase.DOUBTING)
        : next.to(Phase.RESUMING, new SurvivorEffect.Delay());
  }

  /// Whether anything may be decided: elections, promotions, intents of any kind.
  public boolean decides() {
    return phase == Phase.PAIRED || phase == Phase.SOLE;
  }

  /// Whether it would fence the other and go on if that took no part any more; so it is what a node
  /// is that leaves to the other for its disk.
  public boolean mayGoOnAlone() {
    return phase == Phase.PAIRED || (phase == Phase.ALONE && entitled);
  }

  /// Takes part in the log of both.
  public boolean votes() {
    return switch (phase) {
      case WAITING, LEARNING -> disk.standing() == Standing.PAIR && !peerBoot.isEmpty();
      case PAIRED, ALONE, OFFERING -> true;
      case RESUMING, DOUBTING, FENCING, BURYING, SOLE, LEFT, OUT -> false;
    };
  }

  /// What an event makes of it.
  public Step on(SurvivorEvent event) {
    return switch (phase) {
      case OUT -> stay();
      case LEFT -> event instanceof SurvivorEvent.Written ? written() : stay();
      default -> taken(event);
    };
  }

  private Step taken(SurvivorEvent event) {
    return switch (event) {
      case SurvivorEvent.PeerHeard(var peer, var boot) -> heard(peer, boot);
      case SurvivorEvent.AskedToBeginAnew(var peer) -> asked(peer);
      case SurvivorEvent.QuorumGained(var boot) ->
          votes() ? new Survivor(disk, writing, Phase.PAIRED, true, boot).stay() : stay();
      case SurvivorEvent.QuorumLost() -> lost();
      case SurvivorEvent.DelayPassed() -> delayPassed();
      case SurvivorEvent.FencingEnded(var boot, var verified) -> fenced(boot, verified);
      case SurvivorEvent.Written() -> written();
      case SurvivorEvent.LearnerCaughtUp() ->
          switch (phase) {
            case SOLE -> write(Phase.OFFERING, new SurvivorRecord(disk.epoch(), Standing.PAIR));
            case OFFERING ->
                writing.isEmpty() ? to(Phase.OFFERING, new SurvivorEffect.AddVoter()) : stay();
            default -> stay();
          };
      case SurvivorEvent.TakenIn() ->
          phase == Phase.LEARNING && disk.standing() == Standing.LEARNER && writing.isEmpty()
              ? write(Phase.LEARNING, new SurvivorRecord(disk.epoch(), Standing.PAIR))
              : stay();
      case SurvivorEvent.Relieved() ->
          mayGoOnAlone() ? to(Phase.OUT, new SurvivorEffect.Leave()) : stay();
      case SurvivorEvent.PeerStays() -> leave();
      case SurvivorEvent.Sworn(var spare) -> sworn(spare);
    };
  }

  private Step heard(SurvivorRecord peer, String boot) {
    if (writing.isPresent()) {
      return stay();
    }
    if (disk.awaitedBy(peer)) {
      return phase == Phase.FENCING ? stay() : with(boot).foundAnew();
    }
    if (disk.behind(peer)) {
      return learn(peer, boot);
    }
    boolean even = !peer.behind(disk) && peer.epoch() == disk.epoch();
    boolean copies = peer.equals(new SurvivorRecord(disk.epoch(), Standing.LEARNER));
    return switch (phase) {
      case WAITING -> even ? meet(peer, boot) : offer(boot);
      // Who is only behind may have been sworn to since it said so; a learner of this epoch is one
      // until this node takes it in.
      case RESUMING, DOUBTING ->
          copies
              ? with(boot).to(Phase.SOLE, true, new SurvivorEffect.OpenSole(disk.epoch()))
              : stay();
      case ALONE -> copies ? with(boot).to(Phase.OFFERING) : stay();
      case LEARNING, PAIRED, FENCING, BURYING, SOLE, OFFERING, LEFT, OUT -> stay();
    };
  }

  /// The other cannot vote in this epoch any more, and decided nothing in it alone; what was
  /// committed is in this node's log. So it need not be off.
  private Step foundAnew() {
    SurvivorRecord sole = new SurvivorRecord(disk.epoch() + 1, Standing.SOLE);
    List<SurvivorEffect> effects = new ArrayList<>();
    effects.add(new SurvivorEffect.ClosePair());
    effects.add(new SurvivorEffect.Prepare(sole.epoch()));
    return write(Phase.BURYING, sole, effects);
  }

  /// A learner that voted for nothing on its own loses nothing by copying anew.
  private Step asked(SurvivorRecord peer) {
    boolean copies =
        phase == Phase.LEARNING
            && writing.isEmpty()
            && disk.standing() == Standing.LEARNER
            && peer.equals(new SurvivorRecord(disk.epoch(), Standing.PAIR));
    if (!copies) {
      return stay();
    }
    List<SurvivorEffect> effects = new ArrayList<>();
    effects.add(new SurvivorEffect.ClosePair());
    return write(Phase.LEARNING, new SurvivorRecord(disk.epoch() + 1, Standing.LEARNER), effects);
  }

  /// Both are what they were when they were seen last: they vote again. Two learners of one epoch,
  /// or two who are alone in it, cannot be.
  private Step meet(SurvivorRecord peer, String boot) {
    boolean pair = peer.standing() == Standing.PAIR && disk.standing() == Standing.PAIR;
    return pair ? with(boot).to(Phase.WAITING, new SurvivorEffect.OpenPair()) : stay();
  }

  private Step offer(String boot) {
    return disk.standing() == Standing.PAIR
        ? with(boot).to(Phase.OFFERING, new SurvivorEffect.OpenPair())
        : stay();
  }

  private Step learn(SurvivorRecord peer, String boot) {
    SurvivorRecord learner = new SurvivorRecord(peer.epoch(), Standing.LEARNER);
    if (phase == Phase.LEARNING && disk.equals(learner)) {
      return with(boot).stay(); // it copies already
    }
    Survivor next = new Survivor(disk, writing, Phase.LEARNING, false, boot);
    List<SurvivorEffect> effects = new ArrayList<>();
    if (votes()) {
      effects.add(new SurvivorEffect.ClosePair());
    }
    return next.write(Phase.LEARNING, learner, effects);
  }

  private Step lost() {
    return switch (phase) {
      case PAIRED -> to(Phase.ALONE, new SurvivorEffect.Delay());
      case OFFERING ->
          writing.isPresent()
              ? stay()
              : entitled ? to(Phase.ALONE, new SurvivorEffect.Delay()) : to(Phase.WAITING);
      case WAITING -> with("").stay();
      case RESUMING, DOUBTING, ALONE, FENCING, BURYING, SOLE, LEARNING, LEFT, OUT -> stay();
    };
  }

  private Step leave() {
    if (phase != Phase.PAIRED || writing.isPresent()) {
      return stay();
    }
    List<SurvivorEffect> effects = new ArrayList<>();
    effects.add(new SurvivorEffect.ClosePair());
    return write(Phase.LEFT, new SurvivorRecord(disk.epoch() + 1, Standing.LEARNER), effects);
  }

  private Step delayPassed() {
    return switch (phase) {
      case ALONE ->
          entitled && writing.isEmpty() && disk.standing() == Standing.PAIR
              ? to(
                  Phase.FENCING,
                  new SurvivorEffect.ClosePair(),
                  new SurvivorEffect.Prepare(disk.epoch() + 1),
                  new SurvivorEffect.Fence(peerBoot))
              : stay();
      case RESUMING -> to(Phase.RESUMING, new SurvivorEffect.Fence(peerBoot));
      case WAITING, DOUBTING, PAIRED, FENCING, BURYING, SOLE, LEARNING, OFFERING, LEFT, OUT ->
          stay();
    };
  }

  private Step fenced(String boot, boolean verified) {
    boolean mine = boot.equals(peerBoot);
    return switch (phase) {
      case FENCING ->
          verified && mine
              ? write(Phase.BURYING, new SurvivorRecord(disk.epoch() + 1, Standing.SOLE))
              : to(Phase.ALONE, new SurvivorEffect.OpenPair(), new SurvivorEffect.Delay());
      case RESUMING ->
          verified && mine
              ? to(Phase.SOLE, true, new SurvivorEffect.OpenSole(disk.epoch()))
              : to(Phase.RESUMING, new SurvivorEffect.Delay());
      case WAITING, DOUBTING, PAIRED, ALONE, BURYING, SOLE, LEARNING, OFFERING, LEFT, OUT -> stay();
    };
  }

  /// A learner lacks what the other decided alone, whatever is sworn.
  private Step sworn(int spare) {
    return switch (phase) {
      case WAITING, ALONE, FENCING -> {
        if (writing.isPresent() || disk.standing() != Standing.PAIR) {
          yield stay();
        }
        List<SurvivorEffect> effects = new ArrayList<>();
        if (votes()) {
          effects.add(new SurvivorEffect.ClosePair());
        }
        yield bury(disk.epoch() + 1 + spare, effects);
      }
      case DOUBTING -> {
        // Later than what an oath, from the epoch before this one, made of the other.
        long epoch = disk.epoch() + 3;
        while (epoch % 3 != spare) {
          epoch++;
        }
        yield writing.isPresent() ? stay() : bury(epoch, new ArrayList<>());
      }
      case RESUMING -> to(Phase.SOLE, true, new SurvivorEffect.OpenSole(disk.epoch()));
      case PAIRED, BURYING, SOLE, LEARNING, OFFERING, LEFT, OUT -> stay();
    };
  }

  private Step bury(long epoch, List<SurvivorEffect> effects) {
    effects.add(new SurvivorEffect.Prepare(epoch));
    return write(Phase.BURYING, new SurvivorRecord(epoch, Standing.SOLE), effects);
  }

  private Step written() {
    if (writing.isEmpty()) {
      return stay();
    }
    Survivor durable = new Survivor(writing.get(), Optional.empty(), phase, entitled, peerBoot);
    return switch (phase) {
      case BURYING ->
          durable.to(Phase.SOLE, true, new SurvivorEffect.OpenSole(durable.disk.epoch()));
      case OFFERING -> durable.to(Phase.OFFERING, new SurvivorEffect.AddVoter());
      case LEARNING ->
          durable.disk.standing() == Standing.LEARNER
              ? durable.to(Phase.LEARNING, new SurvivorEffect.Follow(durable.disk.epoch()))
              : durable.to(Phase.LEARNING, new SurvivorEffect.OpenPair());
      case WAITING, RESUMING, DOUBTING, PAIRED, ALONE, FENCING, SOLE, LEFT, OUT -> durable.stay();
    };
  }

  // The next state.

  private Step stay() {
    return new Step(this, List.of());
  }

  private Survivor with(String boot) {
    return new Survivor(disk, writing, phase, entitled, boot);
  }

  private Step to(Phase next, SurvivorEffect... effects) {
    return to(next, entitled, effects);
  }

  private Step to(Phase next, boolean nextEntitled, SurvivorEffect... effects) {
    return new Step(new Survivor(disk, writing, next, nextEntitled, peerBoot), List.of(effects));
  }

  private Step write(Phase next, SurvivorRecord wanted) {
    return write(next, wanted, new ArrayList<>());
  }

  private Step write(Phase next, SurvivorRecord wanted, List<SurvivorEffect> effects) {
    effects.add(new SurvivorEffect.Write(wanted));
    return new Step(new Survivor(disk, Optional.of(wanted), next, entitled, peerBoot), effects);
  }
}
