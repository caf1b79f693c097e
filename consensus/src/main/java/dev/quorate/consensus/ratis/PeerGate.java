package dev.quorate.consensus.ratis;

import dev.quorate.consensus.tls.LiveTls;
import java.security.cert.Certificate;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/// Stands before everything that peers ask of the log's server: whose certificate is not good any
/// more gets no answer, on connections that it made before too, and what it has under way is cut.
final class PeerGate implements ServerInterceptor {
  private final LiveTls tls;
  private final Set<Guarded<?, ?>> open = ConcurrentHashMap.newKeySet();

  PeerGate(LiveTls tls) {
    this.tls = tls;
  }

  /// Cuts the calls of those whose certificate is not good any more.
  void review() {
    for (Guarded<?, ?> call : open) {
      refusal(call).ifPresent(call::cut);
    }
  }

  private Optional<String> refusal(Guarded<?, ?> call) {
    return call.shown.length == 0 ? Optional.of("no certificate") : tls.refusal(call.shown);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Guarded<Q, A> guarded = new Guarded<>(call, shown(call));
    // Before it is asked whether it may: a review that comes in between finds it.
    open.add(guarded);
    refusal(guarded).ifPresent(guarded::cut);
    if (guarded.cut) {
      open.remove(guarded);
      return new ServerCall.Listener<>() {};
    }
    return new SimpleForwardingServerCallListener<>(next.startCall(guarded, headers)) {
      @Override
      public void onMessage(Q message) {
        if (!guarded.cut) {
          super.onMessage(message);
        }
      }

      @Override
      public void onComplete() {
        open.remove(guarded);
        super.onComplete();
      }

      @Override
      public void onCancel() {
        open.remove(guarded);
        super.onCancel();
      }
    };
  }

  private static Certificate[] shown(ServerCall<?, ?> call) {
    SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    try {
      return session == null ? new Certificate[0] : session.getPeerCertificates();
    } catch (SSLPeerUnverifiedException _) {
      return new Certificate[0];
    }
  }

  /// A call that can be ended from outside; what is answered afterwards is dropped.
  private static final class Guarded<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final Certificate[] shown;
    private volatile boolean cut;

    Guarded(ServerCall<Q, A> call, Certificate[] shown) {
      super(call);
      this.shown = shown;
    }

    synchronized void cut(String reason) {
      if (!cut) {
        cut = true;
        super.close(Status.PERMISSION_DENIED.withDescription(reason), new Metadata());
      }
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
      if (!cut) {
        super.sendHeaders(headers);
      }
    }

    @Override
    public synchronized void sendMessage(A message) {
      if (!cut) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
      if (!cut) {
        cut = true;
        super.close(status, trailers);
      }
    }
  }
}
