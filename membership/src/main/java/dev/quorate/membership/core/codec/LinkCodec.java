package dev.quorate.membership.core.codec;

import dev.quorate.membership.RingPeer;
import dev.quorate.membership.core.link.LinkReport;
import dev.quorate.membership.core.link.LinkReport.Hearing;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Optional;

/// Link reports as bytes: a version, four numbers, then a count and that many hearings.
public final class LinkCodec {
  /// No report is longer, in bytes.
  public static final int MAX_REPORT = 1 + 4 * 8 + 1 + RingPeer.MAX_LINKS * 6;

  private static final byte VERSION = 1;

  private LinkCodec() {}

  /// Writes a report.
  public static void encode(LinkReport report, ByteBuffer out) {
    out.put(VERSION).putLong(report.stamp()).putLong(report.echo());
    out.putLong(report.held()).putLong(report.sent()).put((byte) report.hearings().size());
    for (var hearing : report.hearings()) {
      out.putShort((short) hearing.loss()).putInt(hearing.silentMillis());
    }
  }

  /// Reads a report that takes up the whole buffer; empty if it is none.
  public static Optional<LinkReport> decode(ByteBuffer in) {
    try {
      if (in.get() != VERSION) {
        return Optional.empty();
      }
      var stamp = in.getLong();
      var echo = in.getLong();
      var held = in.getLong();
      var sent = in.getLong();
      var count = in.get();
      var hearings = new ArrayList<Hearing>();
      for (int i = 0; i < count; i++) {
        hearings.add(new Hearing(in.getShort(), in.getInt()));
      }
      return in.hasRemaining()
          ? Optional.empty()
          : Optional.of(new LinkReport(stamp, echo, held, sent, hearings));
    } catch (BufferUnderflowException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
