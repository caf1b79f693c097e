package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.RecordingStateMachine;
import dev.quorate.consensus.SyncListener;
import dev.quorate.membership.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.MetadataProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A leader that sends entries again, with more behind them, before it has an answer: as one does
/// whose connection broke.
@Tag("slow")
final class AcknowledgementTest {
  private static final NodeId LEADER = new NodeId("n2");
  private static final NodeId FOLLOWER = new NodeId("n1");
  private static final long TERM = 5;
  private static final int ROUNDS = 20;

  @TempDir private Path directory;
  private final Answers answers = new Answers();
  private long calls;

  private static final class Answers implements StreamObserver<AppendEntriesReplyProto> {
    private final BlockingQueue<AppendEntriesReplyProto> queue = new LinkedBlockingQueue<>();

    @Override
    public void onNext(AppendEntriesReplyProto reply) {
      queue.add(reply);
    }

    @Override
    public void onError(Throwable t) {
      queue.add(AppendEntriesReplyProto.getDefaultInstance());
    }

    @Override
    public void onCompleted() {
      queue.add(AppendEntriesReplyProto.getDefaultInstance());
    }

    AppendEntriesReplyProto next() throws InterruptedException {
      AppendEntriesReplyProto reply = queue.poll(10, TimeUnit.SECONDS);
      assertNotNull(reply);
      return reply;
    }
  }

  /// Entries from `first` to before `end`; none for a mere sign of life.
  private AppendEntriesRequestProto request(long first, long end) {
    RaftRpcRequestProto header =
        RaftRpcRequestProto.newBuilder()
            .setRequestorId(RatisSettings.peerId(LEADER, 1).toByteString())
            .setReplyId(RatisSettings.peerId(FOLLOWER, 1).toByteString())
            .setRaftGroupId(
                RaftGroupIdProto.newBuilder()
                    .setId(RatisSettings.groupId("bench", 1).toByteString()))
            .setCallId(calls++)
            .build();
    AppendEntriesRequestProto.Builder request =
        AppendEntriesRequestProto.newBuilder()
            .setServerRequest(header)
            .setLeaderTerm(TERM)
            .setLeaderCommit(-1)
            .addAllEntries(
                LongStream.range(first, end).mapToObj(AcknowledgementTest::entry).toList());
    if (first > 0) {
      request.setPreviousLog(TermIndexProto.newBuilder().setTerm(TERM).setIndex(first - 1));
    }
    return request.build();
  }

  private static LogEntryProto entry(long index) {
    return LogEntryProto.newBuilder()
        .setTerm(TERM)
        .setIndex(index)
        .setMetadataEntry(MetadataProto.newBuilder().setCommitIndex(-1))
        .build();
  }

  private static ManagedChannel channel(RatisBench bench) {
    GrpcTlsConfig tls =
        new GrpcTlsConfig.Builder()
            .setKeyManager(bench.tls(LEADER).keyManager())
            .setTrustManager(bench.tls(LEADER).trustManager())
            .setMutualTls(true)
            .setSslProvider(SslProvider.JDK)
            .setProtocols("TLSv1.3")
            .build();
    return NettyChannelBuilder.forTarget(bench.endpoint(FOLLOWER).toString())
        .sslContext(GrpcUtil.buildSslContextForClient(tls))
        .build();
  }

  /// A follower that has the very first entry. Ratis answers to it before it is written: refused
  /// until it is.
  private StreamObserver<AppendEntriesRequestProto> begun(ManagedChannel channel)
      throws InterruptedException {
    StreamObserver<AppendEntriesRequestProto> follower =
        RaftServerProtocolServiceGrpc.newStub(channel).appendEntries(answers);
    do {
      follower.onNext(request(0, 1));
    } while (answers.next().getMatchIndex() != 0);
    return follower;
  }

  @Test
  void whatAFollowerAcknowledgesIsInItsLog() throws InterruptedException {
    List<NodeId> nodes = List.of(FOLLOWER, LEADER, new NodeId("n3"));
    try (RatisBench bench = new RatisBench(directory, nodes, c -> c)) {
      bench.start(FOLLOWER, new RecordingStateMachine(), _ -> {});
      ManagedChannel channel = channel(bench);
      StreamObserver<AppendEntriesRequestProto> follower = begun(channel);
      for (long first = 1; first < 3 * ROUNDS; first += 3) {
        follower.onNext(request(first, first + 1));
        follower.onNext(request(first, first + 3));
        assertEquals(first, answers.next().getMatchIndex());
        AppendEntriesReplyProto longer = answers.next();
        assertEquals(AppendResult.SUCCESS, longer.getResult());
        assertEquals(first + 2, longer.getMatchIndex());
        follower.onNext(request(first + 3, first + 3));
        assertEquals(AppendResult.SUCCESS, answers.next().getResult(), "not there: " + longer);
      }
      channel.shutdownNow();
    }
  }

  /// A disk that answers when it is let.
  private static final class Disk implements SyncListener {
    private final Semaphore asked = new Semaphore(0);
    private volatile CountDownLatch free = new CountDownLatch(0);

    @Override
    public void begun() {
      asked.release();
      try {
        free.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void ended(Duration took) {}
  }

  /// Ratis itself does: it finds the entry in memory. So this fails if nothing stands behind it.
  @Test
  void whatIsSentAgainIsNotAcknowledgedBeforeItIsOnDisk() throws InterruptedException {
    List<NodeId> nodes = List.of(FOLLOWER, LEADER, new NodeId("n3"));
    Disk disk = new Disk();
    try (RatisBench bench = new RatisBench(directory, nodes, c -> c.withSyncs(disk))) {
      bench.start(FOLLOWER, new RecordingStateMachine(), _ -> {});
      ManagedChannel channel = channel(bench);
      StreamObserver<AppendEntriesRequestProto> follower = begun(channel);
      disk.asked.drainPermits();
      disk.free = new CountDownLatch(1);
      follower.onNext(request(1, 2));
      assertTrue(disk.asked.tryAcquire(10, TimeUnit.SECONDS), "the disk is asked");

      Answers again = new Answers();
      StreamObserver<AppendEntriesRequestProto> another =
          RaftServerProtocolServiceGrpc.newStub(channel).appendEntries(again);
      another.onNext(request(1, 2));
      assertEquals(AppendResult.INCONSISTENCY, again.next().getResult());

      disk.free.countDown();
      assertEquals(1, answers.next().getMatchIndex());
      another.onNext(request(1, 2));
      assertEquals(1, again.next().getMatchIndex());
      channel.shutdownNow();
    }
  }
}
