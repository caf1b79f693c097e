package dev.quorate.daemon.pair;

import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.daemon.secrets.OwnerOnly;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/// The survivor's record on disk: three lines of text, the last of them a checksum. It is replaced
/// in one step, and on the disk before [#write] returns.
public final class SurvivorFile {
  private final Path file;

  /// The record is or will be there.
  public SurvivorFile(Path file) {
    this.file = file;
  }

  /// The record, if there ever was one.
  ///
  /// @throws DamagedRecordException if what is there is not a whole record
  public Optional<SurvivorRecord> read() throws IOException {
    if (Files.notExists(file)) {
      return Optional.empty();
    }
    List<String> lines =
        new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).lines().toList();
    boolean whole =
        lines.size() == 3
            && lines.get(0).matches("epoch=[1-9][0-9]{0,17}")
            && Arrays.stream(Standing.values()).anyMatch(s -> lines.get(1).equals(word(s)))
            && lines.get(2).equals(checksum(lines.get(0), lines.get(1)));
    if (!whole) {
      throw new DamagedRecordException(
          ("%s is damaged, and without it nobody knows whether this node may decide: it is not"
                  + " started. Put the file back from a backup made since its last change; or, while"
                  + " the other node goes on alone, remove all of %s and join with a new token")
              .formatted(file, file.getParent()));
    }
    return Optional.of(
        new SurvivorRecord(
            Long.parseLong(lines.get(0).substring("epoch=".length())),
            Standing.valueOf(lines.get(1).substring("standing=".length()))));
  }

  /// What to say where the record should be and is not.
  public DamagedRecordException missing() {
    return new DamagedRecordException(
        ("%s is missing although the log of this node was founded anew or two-node=true is set, and"
                + " without it nobody knows whether this node may decide: it is not started. Put the"
                + " file back from a backup made since its last change; or, while the other node goes"
                + " on alone, remove all of %s and join with a new token")
            .formatted(file, file.getParent()));
  }

  /// Replaces the record.
  public void write(SurvivorRecord survivor) throws IOException {
    String epoch = "epoch=" + survivor.epoch();
    String standing = word(survivor.standing());
    String text = epoch + "\n" + standing + "\n" + checksum(epoch, standing) + "\n";
    OwnerOnly.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String word(Standing standing) {
    return "standing=" + standing.name();
  }

  private static String checksum(String epoch, String standing) {
    CRC32 crc = new CRC32();
    crc.update((epoch + "\n" + standing).getBytes(StandardCharsets.ISO_8859_1));
    return "checksum=%08x".formatted(crc.getValue());
  }
}
