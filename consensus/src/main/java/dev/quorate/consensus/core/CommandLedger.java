package dev.quorate.consensus.core;

import dev.quorate.consensus.CommandId;
import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.NodeId;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/// Remembers what was answered to which command, so that a command proposed twice is applied once.
///
/// It is part of the replicated state: it changes only as entries are applied, in log order, and
/// goes into every snapshot. Its size is bounded: of each session the last [#ANSWERS_PER_SESSION]
/// answers are kept, of each origin the newest [#SESSIONS_PER_ORIGIN] sessions.
///
/// Invariants:
/// - a command recorded once is never [Verdict.Fresh] again: what is no longer kept lies at or
///   below its session's watermark, or in a session older than all kept ones, and is [Verdict
///   .Forgotten]
/// - sessions of one origin increase with each of its lives; counters within a session need not
///   arrive in order, but a counter that arrives more than [#ANSWERS_PER_SESSION] commands late is
///   taken for forgotten
public final class CommandLedger {
  /// How many answers of one session are kept.
  public static final int ANSWERS_PER_SESSION = 512;

  /// How many sessions of one origin are kept.
  public static final int SESSIONS_PER_ORIGIN = 2;

  private final TreeMap<NodeId, Origin> origins = new TreeMap<>();

  /// What is known of a command.
  public sealed interface Verdict {
    /// It was never applied.
    record Fresh() implements Verdict {}

    /// It was applied, and this was the answer.
    record Answered(LogPosition position, String answer) implements Verdict {}

    /// It was applied or overtaken long ago; it must not be applied, and its answer is gone.
    record Forgotten() implements Verdict {}
  }

  private static final class Origin {
    long oldestSession = Long.MIN_VALUE;
    final TreeMap<Long, Session> sessions = new TreeMap<>();
  }

  private static final class Session {
    long watermark = Long.MIN_VALUE;
    final TreeMap<Long, Verdict.Answered> answers = new TreeMap<>();
  }

  /// Looks a command up.
  public Verdict lookup(CommandId id) {
    Origin origin = origins.get(id.origin());
    if (origin == null) {
      return new Verdict.Fresh();
    }
    Session session = origin.sessions.get(id.session());
    if (session == null) {
      return id.session() < origin.oldestSession ? new Verdict.Forgotten() : new Verdict.Fresh();
    }
    Verdict.Answered answered = session.answers.get(id.counter());
    if (answered != null) {
      return answered;
    }
    return id.counter() <= session.watermark ? new Verdict.Forgotten() : new Verdict.Fresh();
  }

  /// Records the answer to a command that was [Verdict.Fresh], and drops what is too old.
  public void record(CommandId id, LogPosition position, String answer) {
    Origin origin = origins.computeIfAbsent(id.origin(), _ -> new Origin());
    Session session = origin.sessions.computeIfAbsent(id.session(), _ -> new Session());
    session.answers.put(id.counter(), new Verdict.Answered(position, answer));
    while (session.answers.size() > ANSWERS_PER_SESSION) {
      session.watermark = session.answers.pollFirstEntry().getKey();
    }
    while (origin.sessions.size() > SESSIONS_PER_ORIGIN) {
      origin.sessions.pollFirstEntry();
      origin.oldestSession = origin.sessions.firstKey();
    }
  }

  /// Writes everything into a snapshot.
  void writeTo(ByteSink out) {
    out.putInt(origins.size());
    origins.forEach((node, origin) -> {
      out.putString(node.name());
      out.putLong(origin.oldestSession);
      out.putInt(origin.sessions.size());
      origin.sessions.forEach((number, session) -> writeSession(out, number, session));
    });
  }

  private static void writeSession(ByteSink out, long number, Session session) {
    out.putLong(number);
    out.putLong(session.watermark);
    out.putInt(session.answers.size());
    for (Map.Entry<Long, Verdict.Answered> entry : session.answers.entrySet()) {
      out.putLong(entry.getKey());
      out.putPosition(entry.getValue().position());
      out.putString(entry.getValue().answer());
    }
  }

  /// Reads what [#writeTo] wrote.
  static CommandLedger readFrom(ByteBuffer in) {
    CommandLedger ledger = new CommandLedger();
    int originCount = in.getInt();
    for (int i = 0; i < originCount; i++) {
      NodeId node = new NodeId(ByteSink.getString(in));
      Origin origin = new Origin();
      origin.oldestSession = in.getLong();
      int sessionCount = in.getInt();
      for (int j = 0; j < sessionCount; j++) {
        long number = in.getLong();
        origin.sessions.put(number, readSession(in));
      }
      ledger.origins.put(node, origin);
    }
    return ledger;
  }

  private static Session readSession(ByteBuffer in) {
    Session session = new Session();
    session.watermark = in.getLong();
    int answerCount = in.getInt();
    for (int k = 0; k < answerCount; k++) {
      long counter = in.getLong();
      LogPosition position = ByteSink.getPosition(in);
      session.answers.put(counter, new Verdict.Answered(position, ByteSink.getString(in)));
    }
    return session;
  }
}
