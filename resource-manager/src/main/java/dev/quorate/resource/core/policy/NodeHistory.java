package dev.quorate.resource.core.policy;

import dev.quorate.resource.cib.CibStatus.HistoryEntry;
import dev.quorate.resource.cib.CibStatus.ResourceHistory;
import java.util.ArrayList;
import java.util.List;

/// What was done with a resource on one node, the oldest first.
///
/// @param element what it was read from
/// @param startIndex of the entry since which it runs; -1 if none says so
/// @param stopIndex of the last stop; -1 if there is none
record NodeHistory(
    ResourceHistory element, List<HistoryEntry> entries, int startIndex, int stopIndex) {

  static NodeHistory of(ResourceHistory element) {
    List<HistoryEntry> sorted = sorted(element.entries());
    int start = -1;
    int stop = -1;
    int monitor = -1;
    int role = -1;
    for (int i = 0; i < sorted.size(); i++) {
      HistoryEntry entry = sorted.get(i);
      switch (entry.operation()) {
        case "stop" -> {
          if (entry.operationStatus() == 0) {
            stop = i;
          }
        }
        case "start", "migrate_from" -> start = i;
        case "promote", "demote" -> role = i;
        case "monitor" -> {
          if (monitor <= stop && (entry.exitCode() == 0 || entry.exitCode() == 8)) {
            monitor = i;
          }
        }
        default -> {}
      }
    }
    if (start == -1) {
      start = role != -1 ? role : monitor;
    }
    return new NodeHistory(element, sorted, start, stop);
  }

  /// Oldest first, and of those that are as old the last of the document; notifications say nothing
  /// of the state.
  static List<HistoryEntry> sorted(List<HistoryEntry> entries) {
    List<HistoryEntry> sorted = new ArrayList<>(entries.size());
    for (HistoryEntry entry : entries.reversed()) {
      if (!entry.operation().equals("notify")) {
        sorted.add(entry);
      }
    }
    insertionSort(sorted);
    return sorted;
  }

  /// The comparison is no total order, so the sort must not insist on one.
  private static void insertionSort(List<HistoryEntry> entries) {
    for (int i = 1; i < entries.size(); i++) {
      HistoryEntry entry = entries.get(i);
      int j = i - 1;
      while (j >= 0 && compare(entries.get(j), entry) > 0) {
        entries.set(j + 1, entries.get(j));
        j--;
      }
      entries.set(j + 1, entry);
    }
  }

  private static int compare(HistoryEntry a, HistoryEntry b) {
    if (a.id().equals(b.id())) {
      return 0;
    }
    if (a.callId() == -1 && b.callId() == -1) {
      return 0;
    }
    if (a.callId() >= 0 && b.callId() >= 0) {
      return a.callId() != b.callId()
          ? Integer.compare(a.callId(), b.callId())
          : Long.compare(a.lastChangeSeconds(), b.lastChangeSeconds());
    }
    String[] keyA = a.transitionKey().split(":", 4);
    String[] keyB = b.transitionKey().split(":", 4);
    int numberA = transition(keyA);
    int numberB = transition(keyB);
    boolean sameEngine = keyA.length == 4 && keyB.length == 4 && keyA[3].equals(keyB[3]);
    if (!sameEngine || numberA == numberB) {
      return b.callId() == -1 ? -1 : 1;
    }
    if (numberB == -1 || (numberA >= 0 && numberA < numberB)) {
      return -1;
    }
    return 1;
  }

  private static int transition(String[] key) {
    return key.length > 1 ? number(key[1]) : -1;
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException _) {
      return -1;
    }
  }

  /// The exit code that the one who asked for the operation expected; -1 if that is not on record.
  static int expectedCode(HistoryEntry entry) {
    String[] key = entry.transitionKey().split(":", 4);
    return key.length == 4 ? number(key[2]) : -1;
  }

  static boolean probe(HistoryEntry entry) {
    return entry.operation().equals("monitor") && entry.intervalMillis() == 0;
  }

  static boolean failed(HistoryEntry entry) {
    return entry.id().endsWith("_last_failure_0");
  }
}
