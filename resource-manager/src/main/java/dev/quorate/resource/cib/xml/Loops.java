package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.Element;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Relations between resources, and whether they lead back to where they began.
final class Loops {
  /// No more loops than this are told, nor more resources of one.
  private static final int LIMIT = 20;

  private record Relation(Element element, String to) {}

  private final Map<String, List<Relation>> relations = new LinkedHashMap<>();

  void add(Element element, String from, String to) {
    relations.computeIfAbsent(from, _ -> new ArrayList<>()).add(new Relation(element, to));
  }

  /// Tells of loops, each at the constraint that closes it.
  void notice(Problems problems, String message) {
    Set<String> finished = new TreeSet<>();
    int found = 0;
    for (String start : relations.keySet()) {
      if (!finished.contains(start)) {
        found = walk(start, finished, problems, message, found);
      }
    }
  }

  /// Walks on from a resource without recursion: a chain may be as long as the document.
  private int walk(
      String start, Set<String> finished, Problems problems, String message, int before) {
    int found = before;
    Deque<Iterator<Relation>> open = new ArrayDeque<>();
    List<String> path = new ArrayList<>();
    Map<String, Integer> places = new HashMap<>();
    enter(start, open, path, places);
    while (!open.isEmpty()) {
      if (!open.element().hasNext()) {
        open.pop();
        String left = path.removeLast();
        places.remove(left);
        finished.add(left);
        continue;
      }
      Relation next = open.element().next();
      Integer place = places.get(next.to());
      if (place != null && found < LIMIT) {
        found++;
        problems.notice(next.element(), message + ": " + shown(path, place));
      } else if (place == null && !finished.contains(next.to())) {
        enter(next.to(), open, path, places);
      }
    }
    return found;
  }

  private void enter(
      String resource,
      Deque<Iterator<Relation>> open,
      List<String> path,
      Map<String, Integer> places) {
    places.put(resource, path.size());
    path.add(resource);
    open.push(relations.getOrDefault(resource, List.of()).iterator());
  }

  private static String shown(List<String> path, int from) {
    String names =
        path.subList(from, path.size()).stream()
            .limit(LIMIT)
            .map(Fields::shown)
            .collect(Collectors.joining(", "));
    return path.size() - from > LIMIT ? names + ", …" : names + ", " + Fields.shown(path.get(from));
  }
}
