package dev.quorate.consensus.ratis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.junit.jupiter.api.Test;

final class AckCheckTest {
  private static final TermIndex LAST = TermIndex.valueOf(7, 12);

  private final List<AppendEntriesReplyProto> sent = new ArrayList<>();

  private final class Wire extends ServerCall<AppendEntriesRequestProto, AppendEntriesReplyProto> {
    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(AppendEntriesReplyProto message) {
      sent.add(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<AppendEntriesRequestProto, AppendEntriesReplyProto>
        getMethodDescriptor() {
      return RaftServerProtocolServiceGrpc.getAppendEntriesMethod();
    }
  }

  private static AppendEntriesRequestProto request(long... indices) {
    AppendEntriesRequestProto.Builder request =
        AppendEntriesRequestProto.newBuilder()
            .setServerRequest(RaftRpcRequestProto.newBuilder().setCallId(1));
    for (long index : indices) {
      request.addEntries(LogEntryProto.newBuilder().setTerm(7).setIndex(index));
    }
    return request.build();
  }

  private static AppendEntriesReplyProto reply(AppendResult result, boolean signOfLife) {
    return AppendEntriesReplyProto.newBuilder()
        .setServerReply(RaftRpcReplyProto.newBuilder().setCallId(1).setSuccess(true))
        .setResult(result)
        .setIsHearbeat(signOfLife)
        .setNextIndex(13)
        .setMatchIndex(12)
        .build();
  }

  private AppendEntriesReplyProto sentFor(
      Predicate<TermIndex> onDisk,
      AppendEntriesRequestProto request,
      AppendEntriesReplyProto reply) {
    new AckCheck(onDisk)
        .interceptCall(
            new Wire(),
            new Metadata(),
            (call, _) ->
                new ServerCall.Listener<>() {
                  @Override
                  public void onMessage(AppendEntriesRequestProto message) {
                    call.sendMessage(reply);
                  }
                })
        .onMessage(request);
    return sent.getLast();
  }

  @Test
  void whatIsNotOnDiskIsAskedForOnceMore() {
    AppendEntriesReplyProto answer =
        sentFor(
            entry -> !entry.equals(LAST), request(10, 11, 12), reply(AppendResult.SUCCESS, false));
    assertEquals(AppendResult.INCONSISTENCY, answer.getResult());
    assertEquals(10, answer.getNextIndex());
    assertEquals(-1, answer.getMatchIndex());
    assertEquals(1, answer.getServerReply().getCallId());
  }

  @Test
  void everyOtherAnswerPassesAsItIs() {
    AppendEntriesReplyProto acknowledged = reply(AppendResult.SUCCESS, false);
    assertSame(acknowledged, sentFor(LAST::equals, request(10, 11, 12), acknowledged));
    AppendEntriesReplyProto alive = reply(AppendResult.SUCCESS, true);
    assertSame(alive, sentFor(_ -> false, request(), alive));
    AppendEntriesReplyProto gap = reply(AppendResult.INCONSISTENCY, false);
    assertSame(gap, sentFor(_ -> false, request(12), gap));
  }
}
