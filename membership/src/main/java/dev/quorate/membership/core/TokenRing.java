package dev.quorate.membership.core;

import dev.quorate.membership.NodeId;
import dev.quorate.membership.RingId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One ring of at least two members, seen from one of them: whose turn is next, and what the token
/// tells.
///
/// Invariants:
/// - a token is handled only if its hop is newer than every one handled before
/// - a message is forgotten only after two tokens in a row said that every member has it
final class TokenRing {
  private static final Source NOTHING =
      new Source() {
        @Override
        public Optional<MulticastMessage.Content> next() {
          return Optional.empty();
        }

        @Override
        public int backlog() {
          return 0;
        }
      };

  private final RingId id;
  private final NodeId self;
  private final List<NodeId> order;
  private final List<NodeId> receivers;
  private final FlowControl flow;
  private final ReceiveWindow window = new ReceiveWindow();
  private long lastHop = -1;
  private long lastSequence = -1;
  private long lastAru;
  private int lastLoad;
  private int lastBacklog;
  private boolean calm;

  TokenRing(RingId id, NodeId self, List<NodeId> order, FlowControl flow) {
    this.id = id;
    this.self = self;
    this.order = order;
    this.receivers = order.stream().filter(n -> !n.equals(self)).toList();
    this.flow = flow;
  }

  RingId id() {
    return id;
  }

  int size() {
    return order.size();
  }

  ReceiveWindow window() {
    return window;
  }

  NodeId successor() {
    return order.get((order.indexOf(self) + 1) % order.size());
  }

  NodeId representative() {
    return order.getFirst();
  }

  boolean isRepresentative() {
    return representative().equals(self);
  }

  /// Keeps a message of this ring; false if it is known or cannot be.
  boolean receive(MulticastMessage message) {
    return !flow.isImplausible(message.sequence(), window.aru()) && window.add(message);
  }

  /// Whether the token is newer than those seen; remembers it if so.
  boolean isNew(Token token) {
    if (token.hop() <= lastHop) {
      return false;
    }
    lastHop = token.hop();
    return true;
  }

  /// The token went round twice without anyone sending or lacking anything. Once is not enough: the
  /// first to have everything may be mistaken about the others until the token is back.
  boolean isCalm() {
    return calm;
  }

  /// Whether a message was sent after the token left this node, which shows that it arrived.
  boolean isBeyondLastToken(MulticastMessage message) {
    return message.sequence() > lastSequence;
  }

  /// Does what the holder of the token does, and returns the token to pass on: answers requests,
  /// sends what the source has, and writes down what is missing here.
  Token visit(Token token, Source source, List<RingEffect> out) {
    var missing = answer(token.missing(), out);
    window.sentUpTo(token.sequence());
    var others = Math.max(0, token.load() - lastLoad);
    var elsewhere = Math.max(0, token.backlog() - lastBacklog);
    var mine = source.backlog();
    var quota = flow.quota(token, others, mine, mine + elsewhere);
    var sequence = token.sequence();
    for (int bytes = 0; quota > 0 && bytes < FlowControl.BYTES_PER_VISIT; quota--) {
      var content = source.next();
      if (content.isEmpty()) {
        break;
      }
      sequence++;
      bytes += content.get().size();
      var message = new MulticastMessage(id, sequence, self, content.get());
      window.add(message);
      out.add(new RingEffect.Send(receivers, message, RingEffect.Care.ONE_LINK));
    }
    lastLoad = (int) (sequence - token.sequence());
    lastBacklog = source.backlog();
    // What this token is the first to tell of may still be under way, on another link than it.
    var due = Math.min(sequence, lastSequence);
    for (long lacking : window.missingUpTo(due, RingPacket.MAX_MISSING)) {
      if (missing.size() < RingPacket.MAX_MISSING && !missing.contains(lacking)) {
        missing.add(lacking);
      }
    }
    var passed =
        withAru(token, sequence, missing).withLoad(others + lastLoad, elsewhere + lastBacklog);
    window.discardUpTo(Math.min(lastAru, passed.aru()));
    calm = sequence == lastSequence && lastAru == sequence && passed.aru() == sequence;
    lastSequence = sequence;
    lastAru = passed.aru();
    return passed;
  }

  /// The same while the ring forms: gives what companions from the old ring lack, and counts how
  /// many members in a row had everything and nothing to give.
  Token recover(Token token, Optional<OldRing> old, List<RingEffect> out) {
    var passed = visit(token, old.<Source>map(ring -> ring).orElse(NOTHING), out);
    var complete = old.map(OldRing::hasGivenAll).orElse(true) && window.aru() == passed.sequence();
    if (!complete) {
      return passed.withSettled(0);
    }
    var added = passed.sequence() > token.sequence();
    return passed.withSettled(added ? 1 : token.settled() + 1);
  }

  /// Sends again what was asked for. The original sender lets the question stand, so that someone
  /// else answers too: its own way to the one who asks may be broken.
  private List<Long> answer(List<Long> wanted, List<RingEffect> out) {
    var missing = new ArrayList<Long>();
    for (long sequence : wanted) {
      var message = window.get(sequence);
      message.ifPresent(m -> out.add(new RingEffect.Send(receivers, m)));
      if (message.isEmpty() || (order.size() > 2 && message.get().sender().equals(self))) {
        missing.add(sequence);
      }
    }
    return missing;
  }

  private Token withAru(Token token, long sequence, List<Long> missing) {
    var mine = window.aru();
    var aru = token.aru();
    var setter = token.aruSetter();
    if (mine < aru || setter.isEmpty() || setter.get().equals(self)) {
      aru = mine;
      setter = aru == sequence ? Optional.empty() : Optional.of(self);
    }
    return new Token(id, token.hop() + 1, sequence, aru, setter, token.settled(), 0, 0, missing);
  }
}
