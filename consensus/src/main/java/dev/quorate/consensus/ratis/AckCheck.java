package dev.quorate.consensus.ratis;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands behind everything that this node's log answers to a leader: an acknowledgement leaves it
/// only if the last entry of the request is on disk here, in the leader's term.
///
/// Ratis acknowledges without looking. A request that is sent again after a connection broke finds
/// its entries in memory, and is answered before they are on disk; after entries were taken back,
/// those that replace them are too. A leader that believes such an answer counts this node into a
/// majority for what the node may forget, and never again sends what it thinks the node has. What
/// is not so is answered as a gap in the log, upon which the leader sends it once more.
final class AckCheck implements ServerInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(AckCheck.class);

  private final Predicate<TermIndex> onDisk;
  private final ReentrantLock appending = new ReentrantLock();

  /// What a leader asked to be appended.
  private record Asked(long first, TermIndex last) {}

  /// Gives the log's part of the server, once that runs.
  @FunctionalInterface
  interface Source {
    RaftServer.Division division() throws IOException;
  }

  /// @param onDisk whether the log has this entry, safely
  AckCheck(Predicate<TermIndex> onDisk) {
    this.onDisk = onDisk;
  }

  /// @param settled whether the flush index is about the entry that is in memory
  static AckCheck of(Source source, LongPredicate settled) {
    return new AckCheck(entry -> onDisk(source, settled, entry));
  }

  /// In this order: an entry is in memory after it ceased to be settled, and settled again after
  /// the flush index was lowered.
  static boolean onDisk(Source source, LongPredicate settled, TermIndex entry) {
    try {
      RaftLog log = source.division().getRaftLog();
      long index = entry.getIndex();
      boolean held = log.contains(entry) || index < log.getStartIndex();
      return held && settled.test(index) && index <= log.getFlushIndex();
    } catch (IOException | RuntimeException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("log cannot be asked");
      return false;
    }
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Checked<Q, A> checked = new Checked<>(call, onDisk);
    return new SimpleForwardingServerCallListener<>(next.startCall(checked, headers)) {
      @Override
      public void onMessage(Q message) {
        if (!checked.appends(message)) {
          super.onMessage(message);
          return;
        }
        appending.lock();
        try {
          super.onMessage(message);
        } finally {
          appending.unlock();
        }
      }
    };
  }

  private static final class Checked<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final Predicate<TermIndex> onDisk;
    private final Map<Long, Asked> open = new ConcurrentHashMap<>();

    Checked(ServerCall<Q, A> call, Predicate<TermIndex> onDisk) {
      super(call);
      this.onDisk = onDisk;
    }

    private boolean appends(Q message) {
      if (message instanceof AppendEntriesRequestProto request && request.getEntriesCount() > 0) {
        TermIndex last = TermIndex.valueOf(request.getEntries(request.getEntriesCount() - 1));
        Asked asked = new Asked(request.getEntries(0).getIndex(), last);
        open.put(request.getServerRequest().getCallId(), asked);
        return true;
      }
      return false;
    }

    @Override
    public void sendMessage(A message) {
      super.sendMessage(checked(message));
    }

    @SuppressWarnings("unchecked") // The answer to an answer of that type is of that type.
    private A checked(A message) {
      return message instanceof AppendEntriesReplyProto reply && !reply.getIsHearbeat()
          ? (A) checkedReply(reply)
          : message;
    }

    private AppendEntriesReplyProto checkedReply(AppendEntriesReplyProto reply) {
      Asked asked = open.remove(reply.getServerReply().getCallId());
      if (asked == null || reply.getResult() != AppendResult.SUCCESS || onDisk.test(asked.last())) {
        return reply;
      }
      LOG.atInfo().addKeyValue("entry", asked.last()).log("not acknowledged: not on disk yet");
      return reply.toBuilder()
          .setServerReply(reply.getServerReply().toBuilder().setSuccess(false))
          .setResult(AppendResult.INCONSISTENCY)
          .setNextIndex(asked.first())
          .setMatchIndex(RaftLog.INVALID_LOG_INDEX)
          .build();
    }
  }
}
