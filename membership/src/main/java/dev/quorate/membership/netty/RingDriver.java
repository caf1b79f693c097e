package dev.quorate.membership.netty;

import dev.quorate.membership.MembershipConfig;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingAddress;
import dev.quorate.membership.RingPeer;
import dev.quorate.membership.ViewListener;
import dev.quorate.membership.aead.Aead;
import dev.quorate.membership.core.Payload;
import dev.quorate.membership.core.RingEffect;
import dev.quorate.membership.core.RingEvent;
import dev.quorate.membership.core.RingPacket;
import dev.quorate.membership.core.RingProtocol;
import dev.quorate.membership.core.RingState;
import dev.quorate.membership.core.SentBefore;
import dev.quorate.membership.core.TimerId;
import dev.quorate.membership.core.Token;
import dev.quorate.membership.core.TwinWatch;
import dev.quorate.membership.core.codec.RingCodec;
import dev.quorate.membership.core.link.LinkMonitor;
import dev.quorate.membership.core.link.LinkStatus;
import dev.quorate.membership.netty.RingCounters.Count;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs a [RingProtocol]: one thread takes events, calls it, and carries out the effects in order.
///
/// The listener is called on that thread. If the protocol or the listener throws, or the ring
/// sequence cannot be written, the ring is given up at once and the listener is told.
public final class RingDriver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RingDriver.class);
  private static final Duration FAREWELL = Duration.ofMillis(500);

  private final RingSetup setup;
  private final InstantSource time;
  private final ViewListener listener;
  private final RingCounters counters = new RingCounters();
  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop loop;
  private final NettyRingTransport transport;
  private final SequenceFile sequence;
  private final RingProtocol protocol;
  private final Duration lookUpEvery;
  private final Duration linkEvery;
  private final Map<TimerId.Kind, ScheduledFuture<?>> timers = new EnumMap<>(TimerId.Kind.class);
  private final ByteBuffer packet = ByteBuffer.allocate(RingCodec.MAX_PACKET);
  private final AtomicInteger handedOver = new AtomicInteger();
  private final AtomicInteger handedBytes = new AtomicInteger();

  /// How many messages wait for the token; written by the loop only.
  private volatile int waiting;

  private volatile int waitingBytes;

  private final SentBefore before;
  private final CountDownLatch left = new CountDownLatch(1);
  private boolean failed;

  /// Makes a driver; nothing is sent before [#start].
  ///
  /// @param time monotonic
  /// @throws RingException if the sequence file cannot be read or written
  public RingDriver(RingSetup setup, InstantSource time, ViewListener listener) {
    this(setup, time, listener, new HostAddresses());
  }

  /// The same with addresses that others ask for as well.
  ///
  /// @param hosts what the links' names stand for; looked up by this driver again and again
  /// @throws RingException if the sequence file cannot be read or written
  public RingDriver(
      RingSetup setup, InstantSource time, ViewListener listener, HostAddresses hosts) {
    this.lookUpEvery = hosts.every();
    this.before = new SentBefore(setup.self().node());
    this.setup = setup;
    this.time = time;
    this.listener = listener;
    try {
      this.sequence = SequenceFile.open(setup.sequenceFile());
    } catch (IOException e) {
      throw new RingException("ring sequence " + setup.sequenceFile() + ": " + e.getMessage(), e);
    }
    this.protocol =
        new RingProtocol(setup.config(), setup.self(), nodesOf(setup.peers()), sequence.start());
    this.group =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("ring", true), LinkSockets.ioHandler());
    this.loop = group.next();
    var aead = Aead.best();
    LOG.atInfo().addKeyValue("library", aead.name()).log("ring packets are sealed");
    var seal =
        new PacketSeal(
            setup.cluster(), setup.keys(), setup.self(), new SecureRandom(), counters, aead);
    var monitor = LinkMonitor.of(setup.config().tokenTimeout());
    this.linkEvery = monitor.interval();
    this.transport =
        new NettyRingTransport(
            loop,
            time,
            setup.links(),
            hosts,
            seal,
            monitor,
            new TwinWatch(setup.config().tokenTimeout().multipliedBy(2)),
            counters);
  }

  private static List<NodeId> nodesOf(List<RingPeer> peers) {
    return peers.stream().map(RingPeer::node).toList();
  }

  /// Binds the socket and begins to look for others.
  ///
  /// @throws RingException if the address cannot be bound
  public void start() {
    try {
      transport.bind();
    } catch (Exception e) { // a checked one too: Netty throws what the system said
      var _ = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw new RingException("ring address " + e.getMessage(), e);
    }
    onLoop(() -> {
      transport.reach(others(setup.peers()));
      transport.open(new Ear());
      feed(new RingEvent.Started());
      long period = lookUpEvery.toMillis();
      var _ = loop.scheduleWithFixedDelay(transport::lookUp, period, period, TimeUnit.MILLISECONDS);
      long tick = linkEvery.toMillis();
      var _ = loop.scheduleWithFixedDelay(transport::tick, tick, tick, TimeUnit.MILLISECONDS);
    });
  }

  /// How the links to the peers do.
  public List<LinkStatus> links() {
    return transport.status();
  }

  /// Nodes under whose name another machine has spoken in the last minute.
  public List<TwinWatch.Twin> twins() {
    return transport.twins();
  }

  private List<RingPeer> others(List<RingPeer> peers) {
    return peers.stream().filter(p -> !p.node().equals(setup.self().node())).toList();
  }

  /// Says something to the ring, in its total order. False if it cannot be taken: the payload is
  /// larger than [MembershipConfig#MAX_MESSAGE], or too much waits already.
  public boolean multicast(byte[] payload) {
    if (payload.length > MembershipConfig.MAX_MESSAGE) {
      return false;
    }
    var bytes = handedBytes.addAndGet(payload.length) + waitingBytes;
    if (handedOver.incrementAndGet() + waiting > setup.config().sendQueue()
        || bytes > MembershipConfig.MAX_WAITING) {
      takenOver(payload.length);
      return false;
    }
    var copy = Payload.of(payload);
    var taken =
        onLoop(() -> {
          feed(new RingEvent.MulticastRequested(copy));
          takenOver(payload.length);
        });
    if (!taken) {
      takenOver(payload.length);
    }
    return taken;
  }

  private void takenOver(int bytes) {
    handedOver.decrementAndGet();
    handedBytes.addAndGet(-bytes);
  }

  /// The nodes of the cluster are now these.
  public void reach(List<RingPeer> peers) {
    onLoop(() -> {
      transport.reach(others(peers));
      feed(new RingEvent.PeersChanged(nodesOf(peers)));
    });
  }

  /// This node receives at these addresses from now on, as many as before; links whose address
  /// stays are left alone. One that does not belong to this machine yet is tried again.
  public void receiveAt(List<RingAddress> own) {
    onLoop(() -> transport.receiveAt(own));
  }

  /// Speaks, or is as if it were not there: sends nothing and hears nothing, so that the others
  /// miss it and it forms a ring of its own. Speaking again merges the rings.
  public void speak(boolean speaking) {
    onLoop(() -> transport.speak(speaking));
  }

  /// From now on these are the keys. The ring goes on, if each node has one that its peers have.
  public void rekey(RingKeys keys) {
    onLoop(() -> transport.rekey(keys));
  }

  /// What was counted so far.
  public RingCounters counters() {
    return counters;
  }

  /// Leaves the ring on purpose, so that the others need not wait for the token, and closes.
  public void leave() {
    if (onLoop(() -> feed(new RingEvent.LeaveRequested()))) {
      try {
        if (!left.await(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.atWarn().addKeyValue("node", setup.self().node()).log("farewell not finished");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    close();
  }

  /// Vanishes without a word.
  @Override
  public void close() {
    onLoop(transport::close);
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }

  private boolean onLoop(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException _) {
      return false;
    }
  }

  private void take(NodeId from, ByteBuffer plain) {
    switch (RingCodec.decode(plain)) {
      case RingCodec.Decoded.Packet(var decoded) -> {
        LOG.atTrace().addKeyValue("node", from).addKeyValue("packet", decoded).log("received");
        if (decoded instanceof Token) {
          counters.tokenArrived(time.instant());
        }
        feed(new RingEvent.PacketArrived(from, decoded));
      }
      case RingCodec.Decoded.Malformed(var reason) -> {
        counters.add(Count.DROPPED_MALFORMED);
        LOG.atDebug().addKeyValue("node", from).addKeyValue("reason", reason).log("bad packet");
      }
    }
  }

  private final class Ear implements RingTransport.Receiver {
    @Override
    public void received(NodeId from, ByteBuffer plain) {
      take(from, plain);
    }

    @Override
    public void refused(NodeId peer) {
      counters.add(Count.PORTS_CLOSED);
      feed(new RingEvent.PortClosed(peer));
    }
  }

  private void feed(RingEvent event) {
    if (failed) {
      return;
    }
    try {
      for (var effect : protocol.handle(time.instant(), event)) {
        perform(effect);
      }
      waiting = protocol.pending();
      waitingBytes = protocol.pendingBytes();
      transport.flush();
    } catch (RuntimeException | IOException e) {
      failed = true;
      transport.close();
      left.countDown();
      LOG.atError()
          .setCause(e)
          .addKeyValue("node", setup.self().node())
          .addKeyValue("code", "HA-RING-001")
          .log("ring given up");
      listener.stopped(String.valueOf(e.getMessage()));
    }
  }

  private void perform(RingEffect effect) throws IOException {
    switch (effect) {
      case RingEffect.Send(var to, var content, var care) -> send(to, content, care);
      case RingEffect.SetTimer(var timer, var deadline) -> arm(timer, deadline);
      case RingEffect.CancelTimer(var kind) -> disarm(kind);
      case RingEffect.Persist(var ringSequence) -> sequence.persist(ringSequence);
      case RingEffect.Deliver(var ring, var sender, var payload) -> {
        counters.add(Count.MESSAGES_DELIVERED);
        listener.delivered(ring, sender, payload.toArray());
      }
      case RingEffect.InstallView(var view, var gone) -> {
        counters.add(Count.VIEWS);
        LOG.atInfo()
            .addKeyValue("ring", view.id())
            .addKeyValue("view", view.nodes())
            .log("view installed");
        listener.viewInstalled(view, gone);
      }
      case RingEffect.Paused(var howLong) -> {
        counters.add(Count.PAUSES);
        LOG.atWarn()
            .addKeyValue("node", setup.self().node())
            .addKeyValue("durationMs", howLong.toMillis())
            .log("daemon was paused");
        listener.paused(howLong);
      }
      case RingEffect.Refused(_, var reason) -> {
        counters.add(Count.MESSAGES_REFUSED);
        LOG.atDebug().addKeyValue("reason", reason).log("message refused");
      }
      case RingEffect.Suspected(var member, var reason) ->
          LOG.atWarn()
              .addKeyValue("node", member.node())
              .addKeyValue("reason", reason)
              .log("node given up");
      case RingEffect.StateEntered(var state, var reason) -> {
        if (state == RingState.GATHER) {
          counters.tokenGone();
          transport.lookUp();
        }
        if (state == RingState.GATHER && reason.equals(RingProtocol.TOKEN_LOST)) {
          counters.add(Count.TOKENS_LOST);
        }
        LOG.atDebug()
            .addKeyValue("state", state)
            .addKeyValue("reason", reason)
            .log("ring state entered");
      }
      case RingEffect.Left() -> {
        transport.flush();
        left.countDown();
      }
    }
  }

  private void send(List<NodeId> to, RingPacket content, RingEffect.Care care) {
    LOG.atTrace().addKeyValue("node", to).addKeyValue("packet", content).log("sent");
    if (before.repeats(content)) {
      counters.add(content instanceof Token ? Count.TOKENS_RESENT : Count.MESSAGES_RESENT);
    }
    packet.clear();
    RingCodec.encode(content, packet);
    transport.send(to, packet.flip(), care);
  }

  private void arm(TimerId timer, Instant deadline) {
    disarm(timer.kind());
    var delay = Math.max(0, Duration.between(time.instant(), deadline).toNanos());
    timers.put(
        timer.kind(),
        loop.schedule(() -> feed(new RingEvent.TimerFired(timer)), delay, TimeUnit.NANOSECONDS));
  }

  private void disarm(TimerId.Kind kind) {
    var timer = timers.remove(kind);
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
