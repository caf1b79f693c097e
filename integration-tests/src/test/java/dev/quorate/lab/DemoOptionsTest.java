package dev.quorate.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoOptionsTest {
  @Test
  void nothingAskedForIsANodeCrashOfThreeNodes() {
    assertEquals(
        new DemoOptions(Scenario.NODE_CRASH, 3, false, "sync", 1, 0), DemoOptions.parse(List.of()));
  }

  @Test
  void everyOptionIsRead() {
    assertEquals(
        new DemoOptions(Scenario.FREEZE, 5, false, "async", 7, 1024),
        DemoOptions.parse(
            List.of(
                "--scenario",
                "freeze",
                "--nodes",
                "5",
                "--durability",
                "async",
                "--repeat",
                "7",
                "--data",
                "1024")));
  }

  @Test
  void twoNodesMayHaveAWitness() {
    assertEquals(
        new DemoOptions(Scenario.NODE_CRASH, 2, false, "sync", 1, 0),
        DemoOptions.parse(List.of("--nodes", "2")));
    assertEquals(
        new DemoOptions(Scenario.NODE_CRASH, 2, true, "sync", 1, 0),
        DemoOptions.parse(List.of("--nodes", "2", "--witness", "--scenario", "node-crash")));
  }

  @Test
  void aCableBetweenTwoNodesIsNotPulled() {
    for (Scenario scenario : Scenario.values()) {
      List<String> two = List.of("--nodes", "2", "--scenario", scenario.word());
      if (scenario.playableByTwo()) {
        assertEquals(scenario, DemoOptions.parse(two).scenario());
      } else {
        assertThrows(IllegalArgumentException.class, () -> DemoOptions.parse(two));
        assertEquals(
            scenario,
            DemoOptions.parse(List.of("--witness", "--nodes", "2", "--scenario", scenario.word()))
                .scenario());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--scenario,fire,no scenario 'fire'",
    "--nodes,1,'--nodes takes a number from 2 to 7, not ''1'''",
    "--nodes,8,'--nodes takes a number from 2 to 7, not ''8'''",
    "--nodes,many,'--nodes takes a number from 2 to 7, not ''many'''",
    "--durability,maybe,'--durability is sync or async, not ''maybe'''",
    "--data,lots,'--data takes a number from 0 to 9999, not ''lots'''",
    "--data,99999,'--data takes a number from 0 to 9999, not ''99999'''",
    "--colour,blue,unknown word '--colour'"
  })
  void whatIsWrongIsNamed(String option, String value, String message) {
    IllegalArgumentException problem =
        assertThrows(
            IllegalArgumentException.class, () -> DemoOptions.parse(List.of(option, value)));
    assertEquals(message, problem.getMessage());
  }
}
