package dev.quorate.membership.netty;

import dev.quorate.membership.Member;
import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingPeer;
import dev.quorate.membership.aead.Aead;
import dev.quorate.membership.netty.RingCounters.Count;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// Seals datagrams so that only daemons of this cluster, and of this moment, can make them.
///
/// Each daemon start brings a fresh random contribution. The key from one daemon to another follows
/// from the cluster key and the contributions of both, so that nothing recorded before either of
/// them started opens. A daemon learns the other's contribution by a greeting that echoes its own:
///
/// ```
/// A -> B  hello(A, echo -, wants answer)
/// B -> A  hello(B, echo A, wants answer)      A knows now that B lives
/// A -> B  hello(A, echo B)                    B knows now that A lives
/// ```
///
/// Keys come in generations. A greeting says which is the sender's newest; content is sealed with
/// the newest that both have, so that a new key can be given out while the ring goes on.
///
/// What is cheap to tell is told first: another cluster by its mark, a stranger by its name, a
/// replay by its number. What needs a key that is not at hand yet is rationed.
///
/// Layout: magic, version, kind, generation (4), mark of the cluster (8), length and name of the
/// sender, its contribution (16), the first 8 bytes of the receiver's contribution (0 in a
/// greeting), packet number (8); then ChaCha20-Poly1305 over the content with everything before it
/// and the cluster's name as additional data.
///
/// Invariants:
/// - a pair of key and number is used once
/// - a contribution that another has replaced is never accepted again
final class PacketSeal {
  /// What sealing adds at most, in bytes.
  static final int OVERHEAD = 3 + 4 + 8 + 1 + 63 + 16 + 8 + 8 + Aead.TAG;

  private static final byte MAGIC = 0x51;
  private static final byte VERSION = 4;
  private static final byte HELLO = 1;
  private static final byte CONTENT = 2;
  private static final byte REPORT = 3;
  private static final int CONTRIBUTION = 16;
  private static final int HELLO_SIZE = 1 + CONTRIBUTION + Integer.BYTES + Long.BYTES;
  private static final int MARK_AT = 3 + Integer.BYTES;
  private static final int MAX_RETIRED = 1024;

  private final byte[] cluster;
  private final long mark;
  private final byte[] name;
  private final long boot;
  private final byte[] mine = new byte[CONTRIBUTION];
  private final RingCounters counters;
  private final Map<NodeId, Peer> peers = new HashMap<>();
  private final Aead aead;

  /// What is authenticated besides the content: the name of the cluster, and the clear header.
  private final ByteBuffer clear;

  private RingKeys keys;
  private long hellos;

  /// What this daemon knows of another.
  private final class Peer {
    final LinkedHashSet<ByteBuffer> retired = new LinkedHashSet<>();
    byte @Nullable [] heard;

    /// The boot in which that was.
    long heardBoot;

    /// The newest generation that it has; 0 if that is not known.
    int newest;

    @Nullable Session session;

    void establish(byte[] contribution, NodeId node) {
      if (session != null) {
        retired.add(ByteBuffer.wrap(session.theirs));
        if (retired.size() > MAX_RETIRED) {
          retired.removeFirst();
        }
      }
      session = new Session(contribution, nameOf(node), heardBoot);
      counters.add(Count.SESSIONS);
    }
  }

  /// Keys and numbers between this daemon and one start of another.
  private final class Session {
    final byte[] theirs;
    final byte[] theirName;
    final long boot;
    final TreeMap<Integer, byte[]> out = new TreeMap<>();
    final TreeMap<Integer, byte[]> in = new TreeMap<>();
    final ReplayWindow window = new ReplayWindow();
    final ReplayWindow[] byLink = new ReplayWindow[RingPeer.MAX_LINKS];
    long sent;

    Session(byte[] theirs, byte[] theirName, long boot) {
      this.boot = boot;
      Arrays.setAll(byLink, _ -> new ReplayWindow());
      this.theirs = theirs;
      this.theirName = theirName;
    }

    byte[] out(int generation) {
      return out.computeIfAbsent(generation, g -> derive(g, "content", name, mine, theirs));
    }

    byte[] in(int generation) {
      return in.computeIfAbsent(generation, g -> derive(g, "content", theirName, theirs, mine));
    }
  }

  /// What a datagram turns out to be.
  sealed interface Opened {
    /// Content of a peer.
    record Content(NodeId from, ByteBuffer plain) implements Opened {}

    /// A peer's report about links.
    record Report(NodeId from, ByteBuffer plain) implements Opened {}

    /// A copy of what came by another link before.
    record Redundant(NodeId from) implements Opened {}

    /// A session with this peer begins.
    record Established(NodeId node, boolean answer) implements Opened {}

    /// The peer should be greeted.
    record HelloDue(NodeId node) implements Opened {}

    /// Another boot of a node that is not silent.
    record Twin(NodeId of) implements Opened {}

    /// Sealed with another key or for another cluster, or damaged.
    record Unopened() implements Opened {}

    /// Nothing to be done.
    record Nothing() implements Opened {}
  }

  /// What is known of where datagrams come from.
  interface Door {
    /// Whether a node is a peer.
    boolean knows(NodeId node);

    /// Whether effort may be spent on what claims to be a greeting or the first word of a node.
    boolean admits(NodeId node);

    /// Whether a node was not heard of for so long that another boot of it may be what is left.
    boolean isSilent(NodeId node);
  }

  private record Header(
      byte kind,
      int generation,
      NodeId sender,
      ByteBuffer contribution,
      long hint,
      long number,
      int length) {}

  PacketSeal(
      String cluster,
      RingKeys keys,
      Member self,
      RandomGenerator random,
      RingCounters counters,
      Aead aead) {
    this.cluster = cluster.getBytes(StandardCharsets.UTF_8);
    this.keys = keys;
    this.name = nameOf(self.node());
    this.boot = markOf(self.incarnation().bootId().getBytes(StandardCharsets.UTF_8));
    this.counters = counters;
    random.nextBytes(mine);
    this.aead = aead;
    this.clear = ByteBuffer.allocate(this.cluster.length + OVERHEAD).put(this.cluster);
    this.mark = markOf(this.cluster);
  }

  /// Seals content for a peer; false if there is no session with it yet.
  boolean seal(NodeId to, ByteBuffer plain, ByteBuffer out) {
    return seal(CONTENT, to, plain, out);
  }

  /// Seals a report about links for a peer; false if there is no session with it yet.
  boolean sealReport(NodeId to, ByteBuffer plain, ByteBuffer out) {
    return seal(REPORT, to, plain, out);
  }

  private boolean seal(byte kind, NodeId to, ByteBuffer plain, ByteBuffer out) {
    var session = peer(to).session;
    if (session == null) {
      return false;
    }
    var generation = keys.common(peer(to).newest);
    putHeader(kind, generation, hint(session.theirs), session.sent, out);
    aead.seal(session.out(generation), session.sent, clear(out.duplicate().flip()), plain, out);
    session.sent++;
    return true;
  }

  /// From now on these are the keys. Sessions go on.
  void rekey(RingKeys next) {
    for (var peer : peers.values()) {
      if (peer.session != null) {
        peer.session.out.clear();
        peer.session.in.clear();
      }
    }
    keys = next;
  }

  /// Whether a peer may not know yet which keys are here, or the other way round.
  boolean isBehind(NodeId node) {
    var peer = peers.get(node);
    return peer != null && peer.session != null && peer.newest != keys.newest();
  }

  /// Makes a greeting for a peer.
  ///
  /// @param ask whether it is to be answered even though there is a session
  void hello(NodeId to, boolean ask, ByteBuffer out) {
    var peer = peer(to);
    var plain = ByteBuffer.allocate(HELLO_SIZE);
    plain.put((byte) (ask || peer.session == null ? 1 : 0));
    plain.put(peer.heard == null ? new byte[CONTRIBUTION] : peer.heard);
    plain.putInt(keys.newest()).putLong(boot);
    var generation = keys.common(peer.newest);
    var key = derive(generation, "hello", name, mine, new byte[CONTRIBUTION]);
    putHeader(HELLO, generation, 0, hellos, out);
    aead.seal(key, hellos, clear(out.duplicate().flip()), plain.flip(), out);
    hellos++;
  }

  /// Opens a datagram, whatever it is.
  ///
  /// @param link on which it came
  Opened open(ByteBuffer datagram, int link, Door door) {
    if (isForeign(datagram)) {
      counters.add(Count.DROPPED_FOREIGN);
      return new Opened.Nothing();
    }
    var header = header(datagram);
    if (header.isEmpty() || !keys.byGeneration().containsKey(header.get().generation())) {
      counters.add(Count.DROPPED_UNSEALABLE);
      return new Opened.Unopened();
    }
    if (!door.knows(header.get().sender())) {
      counters.add(Count.DROPPED_STRANGER);
      return new Opened.Nothing();
    }
    var contribution = header.get().contribution().array();
    return header.get().kind() == HELLO
        ? greeted(header.get(), contribution, datagram, door)
        : content(header.get(), contribution, datagram, link, door);
  }

  private boolean isRefused(Door door, NodeId sender) {
    var refused = !door.admits(sender);
    if (refused) {
      counters.add(Count.DROPPED_RATE);
    }
    return refused;
  }

  private Opened greeted(Header header, byte[] contribution, ByteBuffer datagram, Door door) {
    var sender = header.sender();
    if (isRefused(door, sender)) {
      return new Opened.Nothing();
    }
    var peer = peer(sender);
    var helloOfPeer =
        derive(header.generation(), "hello", nameOf(sender), contribution, new byte[CONTRIBUTION]);
    var plain = opened(header, helloOfPeer, datagram);
    if (plain == null) {
      return new Opened.Unopened();
    }
    if (plain.remaining() != HELLO_SIZE) {
      return new Opened.Nothing();
    }
    if (peer.retired.contains(header.contribution())) {
      counters.add(Count.DROPPED_REPLAYED);
      return new Opened.Nothing();
    }
    var answer = plain.get() == 1;
    var echo = new byte[CONTRIBUTION];
    plain.get(echo);
    var newest = plain.getInt();
    var isNew = peer.session == null || !Arrays.equals(peer.session.theirs, contribution);
    var bootOfPeer = plain.getLong();
    if (isNew && isTwin(peer, bootOfPeer, sender, door)) {
      return new Opened.Twin(sender);
    }
    var same = Arrays.equals(peer.heard, contribution);
    peer.heard = contribution;
    peer.heardBoot = bootOfPeer;
    // An old greeting of the same start, played again, must not lead back to an old key.
    peer.newest = same ? Math.max(peer.newest, newest) : newest;
    if (isNew && Arrays.equals(echo, mine)) {
      peer.establish(contribution, sender);
      return new Opened.Established(sender, answer);
    }
    return answer ? new Opened.HelloDue(sender) : new Opened.Nothing();
  }

  /// Where a machine is copied, both copies have the name and the keys: the one that came first
  /// keeps its place as long as it speaks.
  private boolean isTwin(Peer peer, long bootOfPeer, NodeId sender, Door door) {
    var twin = peer.session != null && peer.session.boot != bootOfPeer && !door.isSilent(sender);
    if (twin) {
      counters.add(Count.DROPPED_TWIN);
    }
    return twin;
  }

  private Opened content(
      Header header, byte[] contribution, ByteBuffer datagram, int link, Door door) {
    var sender = header.sender();
    var peer = peer(sender);
    if (header.hint() != hint(mine)) {
      // It was sealed for an earlier start of this daemon: the sender must learn of this one.
      return isRefused(door, sender) ? new Opened.Nothing() : new Opened.HelloDue(sender);
    }
    if (peer.retired.contains(header.contribution())) {
      counters.add(Count.DROPPED_REPLAYED);
      return new Opened.Nothing();
    }
    var session = peer.session;
    var isNew = session == null || !Arrays.equals(session.theirs, contribution);
    if (!isNew && session != null && session.window.has(header.number())) {
      return copied(header, session, datagram, link);
    }
    if (isNew && isRefused(door, sender)) {
      return new Opened.Nothing();
    }
    var in =
        isNew || session == null
            ? derive(header.generation(), "content", nameOf(sender), contribution, mine)
            : session.in(header.generation());
    var plain = opened(header, in, datagram);
    if (plain == null) {
      return new Opened.Unopened();
    }
    if (isNew) {
      if (!Arrays.equals(peer.heard, contribution)) {
        // Which boot it is says only a greeting.
        return new Opened.HelloDue(sender);
      }
      if (isTwin(peer, peer.heardBoot, sender, door)) {
        return new Opened.Twin(sender);
      }
      peer.establish(contribution, sender);
    }
    if (peer.session != null) {
      peer.session.window.mark(header.number());
      peer.session.byLink[link].mark(header.number());
    }
    return header.kind() == REPORT
        ? new Opened.Report(sender, plain)
        : new Opened.Content(sender, plain);
  }

  /// Opens a copy, for its header alone could be anybody's; counts it once for each link.
  private Opened copied(Header header, Session session, ByteBuffer datagram, int link) {
    if (session.byLink[link].has(header.number())) {
      counters.add(Count.DROPPED_REPLAYED);
      return new Opened.Nothing();
    }
    if (opened(header, session.in(header.generation()), datagram) == null) {
      return new Opened.Unopened();
    }
    session.byLink[link].mark(header.number());
    counters.add(Count.REDUNDANT);
    return new Opened.Redundant(header.sender());
  }

  private @Nullable ByteBuffer opened(Header header, byte[] with, ByteBuffer datagram) {
    var plain = ByteBuffer.allocate(datagram.remaining());
    var start = datagram.position() - header.length();
    var before = datagram.duplicate().position(start).limit(datagram.position());
    if (!aead.open(with, header.number(), clear(before), datagram, plain)) {
      counters.add(Count.DROPPED_UNSEALABLE);
      return null;
    }
    return plain.flip();
  }

  private static Optional<Header> header(ByteBuffer in) {
    var start = in.position();
    try {
      if (in.get() != MAGIC || in.get() != VERSION) {
        return Optional.empty();
      }
      var kind = in.get();
      var generation = in.getInt();
      in.getLong();
      var length = in.get();
      if ((kind != HELLO && kind != CONTENT && kind != REPORT) || length < 1) {
        return Optional.empty();
      }
      var sender = new byte[length];
      in.get(sender);
      var contribution = new byte[CONTRIBUTION];
      in.get(contribution);
      var node = new NodeId(new String(sender, StandardCharsets.US_ASCII));
      return Optional.of(
          new Header(
              kind,
              generation,
              node,
              ByteBuffer.wrap(contribution),
              in.getLong(),
              in.getLong(),
              in.position() - start));
    } catch (BufferUnderflowException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Whether the clear header names another cluster.
  private boolean isForeign(ByteBuffer in) {
    var at = in.position();
    return in.remaining() >= MARK_AT + Long.BYTES
        && in.get(at) == MAGIC
        && in.get(at + 1) == VERSION
        && in.getLong(at + MARK_AT) != mark;
  }

  private void putHeader(byte kind, int generation, long hint, long number, ByteBuffer out) {
    out.put(MAGIC).put(VERSION).put(kind).putInt(generation).putLong(mark);
    out.put((byte) name.length).put(name).put(mine);
    out.putLong(hint).putLong(number);
  }

  /// What is authenticated besides the content.
  private ByteBuffer clear(ByteBuffer header) {
    return clear.limit(clear.capacity()).position(cluster.length).put(header).flip();
  }

  private byte[] derive(int generation, String purpose, byte[] sender, byte[] from, byte[] to) {
    var key = Objects.requireNonNull(keys.byGeneration().get(generation));
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.bytes(), "HmacSHA256"));
      for (var part :
          new byte[][] {
            ("quorate ring 3 " + purpose).getBytes(StandardCharsets.US_ASCII),
            cluster,
            sender,
            from,
            to
          }) {
        mac.update(ByteBuffer.allocate(4).putInt(part.length).flip());
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HMAC-SHA256", e);
    }
  }

  private static long markOf(byte[] cluster) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(cluster);
      return ByteBuffer.wrap(digest).getLong();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private Peer peer(NodeId node) {
    return peers.computeIfAbsent(node, _ -> new Peer());
  }

  private static byte[] nameOf(NodeId node) {
    return node.name().getBytes(StandardCharsets.US_ASCII);
  }

  private static long hint(byte[] contribution) {
    return ByteBuffer.wrap(contribution).getLong();
  }
}
