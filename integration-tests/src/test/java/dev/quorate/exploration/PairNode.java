package dev.quorate.exploration;

import dev.quorate.daemon.core.survivor.Survivor;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import java.util.Optional;

/// One machine of a pair: what it has on disk, what runs on it, and what it has asked of the fence
/// device.
///
/// @param boot counts its boots
/// @param disk the survivor's record
/// @param before what it was before it was written last: a hello that says so may be heard still
/// @param daemon absent while the machine is off
/// @param holder who holds the grant, as this node's log says
/// @param promise whether this node's log says that the standby has every acknowledged commit
/// @param database what its instance does
/// @param timeline how often the history of its data was continued by a promotion
/// @param data the commits that it has, one bit each
/// @param waits whether its primary waits for the standby before it acknowledges
/// @param members who votes in its log
/// @param fence its call to the device
/// @param fenceBoot the boot of the other that the call is about
record PairNode(
    int boot,
    SurvivorRecord disk,
    SurvivorRecord before,
    Optional<Survivor> daemon,
    int holder,
    boolean promise,
    Database database,
    int timeline,
    int data,
    boolean waits,
    PairMembers members,
    Fence fence,
    String fenceBoot) {
  enum Database {
    NONE,
    STANDBY,
    PRIMARY
  }

  enum Fence {
    NONE,
    ASKED,
    DONE
  }

  static PairNode founded() {
    return new PairNode(
        0,
        SurvivorRecord.founded(),
        SurvivorRecord.founded(),
        Optional.empty(),
        0,
        false,
        Database.NONE,
        0,
        0,
        false,
        PairMembers.FOUNDED,
        Fence.NONE,
        "");
  }

  boolean on() {
    return daemon.isPresent();
  }

  boolean primary() {
    return on() && database == Database.PRIMARY;
  }

  boolean standby() {
    return on() && database == Database.STANDBY;
  }

  boolean is(Survivor.Phase phase) {
    return daemon.filter(d -> d.phase() == phase).isPresent();
  }

  boolean settled() {
    return daemon.filter(d -> d.writing().isEmpty()).isPresent();
  }

  boolean votes() {
    return settled() && daemon.filter(Survivor::votes).isPresent();
  }

  /// The latest epoch of the other's than which an oath is known to begin a later one here.
  long reach() {
    return disk.epoch() + (is(Survivor.Phase.DOUBTING) ? 2 : 1);
  }

  String bootName() {
    return Integer.toString(boot);
  }

  PairNode off() {
    return down(boot, Optional.empty());
  }

  PairNode boots(Survivor begun) {
    return down(boot + 1, Optional.of(begun));
  }

  /// The same with nothing running, but perhaps a daemon.
  private PairNode down(int life, Optional<Survivor> daemon) {
    return new PairNode(
        life,
        disk,
        before,
        daemon,
        holder,
        promise,
        Database.NONE,
        timeline,
        data,
        false,
        members.restarted(),
        fence,
        fenceBoot);
  }

  PairNode with(Survivor next) {
    return new PairNode(
        boot,
        next.disk(),
        next.disk().equals(disk) ? before : disk,
        Optional.of(next),
        holder,
        promise,
        database,
        timeline,
        data,
        waits,
        members,
        fence,
        fenceBoot);
  }

  /// With the record on its disk, and nothing done after it.
  PairNode written() {
    Survivor now = daemon.orElseThrow();
    return with(
        new Survivor(
            now.writing().orElseThrow(),
            Optional.empty(),
            now.phase(),
            now.entitled(),
            now.peerBoot()));
  }

  /// Makes a new log ready from what it holds: that of its epoch, or what that was to be founded on
  /// if it wrote that it is alone and came no further.
  PairNode prepares() {
    if (members.epoch() != disk.epoch() && disk.standing() != SurvivorRecord.Standing.SOLE) {
      throw new IllegalStateException("no log of " + disk + " to found on, but " + members);
    }
    return this;
  }

  PairNode log(int grant, boolean promised) {
    return new PairNode(
        boot, disk, before, daemon, grant, promised, database, timeline, data, waits, members,
        fence, fenceBoot);
  }

  PairNode runs(Database next, int history, int commits, boolean waiting) {
    return new PairNode(
        boot, disk, before, daemon, holder, promise, next, history, commits, waiting, members,
        fence, fenceBoot);
  }

  PairNode calls(Fence next, String about) {
    return new PairNode(
        boot, disk, before, daemon, holder, promise, database, timeline, data, waits, members, next,
        about);
  }

  PairNode knows(PairMembers next) {
    return new PairNode(
        boot, disk, before, daemon, holder, promise, database, timeline, data, waits, next, fence,
        fenceBoot);
  }

  /// Its log takes part in what is decided: as a voter's, or as that of a learner which has been
  /// made one.
  boolean takesPart() {
    return votes() || (settled() && is(Survivor.Phase.LEARNING));
  }
}
