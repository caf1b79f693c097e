package dev.quorate.daemon.pair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurvivorFileTest {
  @TempDir Path directory = Path.of("");

  private Path place() {
    return directory.resolve("survivor");
  }

  private SurvivorFile file() {
    return new SurvivorFile(place());
  }

  @Test
  void whatWasWrittenIsRead() throws IOException {
    assertEquals(Optional.empty(), file().read());
    for (Standing standing : Standing.values()) {
      SurvivorRecord survivor = new SurvivorRecord(7, standing);
      file().write(survivor);
      assertEquals(Optional.of(survivor), file().read());
    }
  }

  @Test
  void everyDamagedByteIsNoticed() throws IOException {
    file().write(new SurvivorRecord(12, Standing.SOLE));
    byte[] whole = Files.readAllBytes(place());
    for (int i = 0; i < whole.length - 1; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      Files.write(place(), damaged);
      assertThrows(DamagedRecordException.class, () -> file().read(), "byte " + i);
    }
    Files.write(place(), new byte[0]);
    assertThrows(DamagedRecordException.class, () -> file().read());
  }

  @Test
  void theMessageNamesTheFileAndTheRemedy() throws IOException {
    Files.writeString(place(), "epoch=2\n");
    String damaged =
        String.valueOf(
            assertThrows(DamagedRecordException.class, () -> file().read()).getMessage());
    assertTrue(damaged.contains(place().toString()), damaged);
    assertTrue(damaged.contains("backup"), damaged);
    String missing = String.valueOf(file().missing().getMessage());
    assertTrue(missing.contains(place() + " is missing"), missing);
  }

  @Test
  void anInterruptedWriteLeavesTheOldRecord() throws IOException {
    file().write(SurvivorRecord.founded());
    Files.writeString(directory.resolve("survivor.new"), "epo", StandardCharsets.ISO_8859_1);
    assertEquals(Optional.of(SurvivorRecord.founded()), file().read());
    file().write(new SurvivorRecord(2, Standing.SOLE));
    assertEquals(Optional.of(new SurvivorRecord(2, Standing.SOLE)), file().read());
  }

  @Test
  void aHelloIsReadAsItWasSaid() {
    Hello hello =
        new Hello(new NodeId("n2"), new SurvivorRecord(3, Standing.LEARNER), "boot-7", true);
    assertEquals(Optional.of(hello), Hello.parse(hello.toJson()));
    for (String wrong :
        new String[] {
          "",
          "[]",
          "{}",
          hello.toJson().replace("LEARNER", "KING"),
          hello.toJson().replace("\"epoch\":3", "\"epoch\":0"),
          hello.toJson().replace("boot-7", ""),
          hello.toJson().replace("boot-7", "b".repeat(129))
        }) {
      assertEquals(Optional.empty(), Hello.parse(wrong), wrong);
    }
  }
}
