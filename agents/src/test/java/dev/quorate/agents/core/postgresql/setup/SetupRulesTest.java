package dev.quorate.agents.core.postgresql.setup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.agents.Finding;
import dev.quorate.agents.Setup.Amendment;
import dev.quorate.agents.core.postgresql.ServerSettings;
import dev.quorate.agents.core.postgresql.SyncNames;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SetupRulesTest {
  private static final String FILE = "quorate.conf";
  private static final String MAIN = "/etc/postgresql/15/main/postgresql.conf";
  private static final String AUTO = "/data/postgresql.auto.conf";
  private static final String OWN = "# Written by Quorate; changes are lost.\nhot_standby = 'on'\n";

  private static SettingPlaces places(SettingPlaces.Line... lines) {
    return new SettingPlaces(
        new TreeSet<>(List.of("wal_level", "max_wal_senders", "wal_log_hints")),
        new TreeSet<>(List.of("listen_addresses")),
        List.of(lines));
  }

  private static SettingPlaces.Line line(String name, String file, int number) {
    return new SettingPlaces.Line(name, file, number);
  }

  private static Finding wrong(String name, Object value) {
    return Finding.error(name, "wrong", "set it").with(value);
  }

  private static List<Amendment> amendments(String kept, SettingPlaces places, Finding... found) {
    return SetupRules.amendments(List.of(found), places, ManagedText.parse(kept), FILE);
  }

  @Test
  void whatIsNoSettingIsLeftToTheAdministrator() {
    assertEquals(
        List.of(new Amendment("fsync", "on", false, false, "", "wrong")),
        amendments(OWN, places(), wrong("fsync", "on"), Finding.error("pg_hba.conf", "x", "y")));
  }

  @Test
  void ofTwoNumbersTheLargerIsWrittenAndNoneIsMadeSmaller() {
    Finding few = wrong("max_wal_senders", 4);
    Finding fewer = wrong("max_wal_senders", 10);
    assertEquals("10", amendments(OWN, places(), few, fewer).getFirst().value());
    String kept = ManagedText.format(OWN, new TreeMap<>(Map.of("max_wal_senders", "20")));
    Amendment waiting = amendments(kept, places(), few).getFirst();
    assertEquals("20", waiting.value());
    assertTrue(waiting.waits());
  }

  @Test
  void whatTheClusterKeepsAnywayIsNotWrittenTwice() {
    ManagedText kept = ManagedText.parse("wal_log_hints = 'on'\n");
    List<Amendment> left =
        SetupRules.amendments(List.of(wrong("wal_log_hints", "on")), places(), kept, FILE);
    assertTrue(left.getFirst().waits());
    assertTrue(SetupRules.added(kept, left).isEmpty());
  }

  @Test
  void whatCountsMoreIsFoundByItsPlace() {
    String kept = "/data/quorate.conf";
    Finding fsync = wrong("fsync", "on");
    assertEquals(
        "",
        amendments(OWN, places(line("fsync", MAIN, 7), line("port", kept, 2)), fsync)
            .getFirst()
            .place());
    assertEquals(
        MAIN + ":90",
        amendments(OWN, places(line("fsync", kept, 2), line("fsync", MAIN, 90)), fsync)
            .getFirst()
            .place());
    assertEquals(
        AUTO + ":3",
        amendments(OWN, places(line("fsync", MAIN, 90), line("fsync", AUTO, 3)), fsync)
            .getFirst()
            .place(),
        "the file is not included yet");
    assertEquals("", amendments(OWN, places(line("fsync", MAIN, 90)), fsync).getFirst().place());
    assertEquals(
        "the command line",
        amendments(OWN, places(), wrong("listen_addresses", "*")).getFirst().place());
  }

  @Test
  void theTextIsReadAsItWasWritten() {
    Map<String, String> added = Map.of("listen_addresses", "a'b", "fsync", "on");
    String text = ManagedText.format(OWN, new TreeMap<>(added));
    ManagedText read = ManagedText.parse(text);
    assertEquals(new TreeMap<>(added), read.added());
    assertEquals(List.of(), read.foreign());
    assertEquals(text, ManagedText.format(OWN, read.added()));
    assertEquals(OWN, ManagedText.format(OWN, new TreeMap<>()));
  }

  @Test
  void whatWasEditedIsReadAsTheServerReadsIt() {
    String text = ManagedText.format(OWN, new TreeMap<>(Map.of("fsync", "on")));
    ManagedText read =
        ManagedText.parse(
            text
                + """
                max_connections = 1000 # why
                max_wal_senders=12# for the copies
                  # why not
                Wal_Level replica
                listen_addresses = 'a''b # c\\'d\\\\' # 'e'
                synchronous_commit = 'on
                full_page_writes = on off
                max_worker_processes =
                """);
    assertEquals(
        new TreeMap<>(
            Map.of(
                "fsync",
                "on",
                "max_connections",
                "1000",
                "max_wal_senders",
                "12",
                "wal_level",
                "replica",
                "listen_addresses",
                "a'b # c'd\\\\")),
        read.added());
    assertEquals(
        List.of(
            "10: synchronous_commit = 'on",
            "11: full_page_writes = on off",
            "12: max_worker_processes ="),
        read.foreign());
    String written = ManagedText.format(OWN, read.added());
    assertTrue(written.contains("max_connections = '1000'\n"), written);
    assertEquals(read.added(), ManagedText.parse(written).added(), "what is written is read again");
  }

  @Test
  void linesOfOthersAreNamedWithTheirNumbers() {
    String text = ManagedText.format(OWN, new TreeMap<>(Map.of("fsync", "on")));
    assertEquals(
        List.of("5: work_mem = 64MB", "6: include 'x'"),
        ManagedText.parse(text + "work_mem = 64MB\ninclude 'x'\n").foreign());
    assertEquals(
        List.of("1: fsync = 'on'"),
        ManagedText.parse("fsync = 'on'\n").foreign(),
        "above the mark");
  }

  @Test
  void everySettingOfTheClusterIsKnown() {
    ServerSettings all =
        new ServerSettings(
            "host=x",
            "slot",
            SyncNames.of(List.of(), 0),
            Optional.of("/s"),
            5,
            Duration.ofHours(1));
    for (int major : new int[] {10, 12, 15, 18}) {
      assertEquals(List.of(), ManagedText.parse(all.format(major)).foreign());
    }
    assertFalse(ManagedText.ADDABLE.stream().anyMatch(ServerSettings.NAMES::contains));
  }
}
