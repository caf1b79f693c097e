package dev.quorate.consensus.ratis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;

/// An entry at the end of the open segment of which a crash left the beginning only.
///
/// Ratis fills a segment with zeros ahead of what it writes, so such an entry has zeros where its
/// checksum would be, and nothing but zeros comes after it. One that was acknowledged was on the
/// disk whole, with its checksum: a bit that was spoilt in it does not look like this.
///
/// @param segment the file
/// @param start where in the file the entry begins
record TornEnd(Path segment, long start) {
  private static final Pattern OPEN = Pattern.compile("log_inprogress_(\\d+)");
  private static final int CHECKSUM = 4;

  /// Whether what could not be read is an entry that nobody counts on.
  ///
  /// @param whole how many entries of the segment come before it
  static boolean is(Path group, Path segment, long whole, ChecksumException failure)
      throws IOException {
    Matcher open = OPEN.matcher(String.valueOf(segment.getFileName()));
    if (!open.matches()) {
      return false;
    }
    long index = Long.parseLong(open.group(1)) + whole;
    return ReachedMark.read(group).filter(reached -> index > reached.index()).isPresent()
        && new TornEnd(segment, failure.getPos()).unfinished();
  }

  private boolean unfinished() throws IOException {
    byte[] file = Files.readAllBytes(segment);
    int from = Math.toIntExact(start);
    ByteArrayInputStream in = new ByteArrayInputStream(file, from, file.length - from);
    int length = CodedInputStream.readRawVarint32(in.read(), in);
    if (length <= 0 || length > in.available() - CHECKSUM) {
      return false;
    }
    for (int i = file.length - in.available() + length; i < file.length; i++) {
      if (file[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /// Ends the file before the entry; durable when it returns.
  void cut() throws IOException {
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      channel.truncate(start);
      channel.force(true);
    }
  }
}
