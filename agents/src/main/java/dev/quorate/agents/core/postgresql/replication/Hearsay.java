package dev.quorate.agents.core.postgresql.replication;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ResourceId;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What all instances have said of themselves, as far as it was heard, and the footprints of their
/// primaries. Confined to one thread.
///
/// Invariants:
/// - of a node that is not heard any more nothing is known but the footprints that it left;
/// - at most [#MOST_RESOURCES] resources are tracked.
public final class Hearsay {
  /// The prefix of names under which instances speak.
  private static final String INSTANCE = "instance:";

  private static final int MOST_RESOURCES = 256;

  private final SortedMap<ResourceId, SortedMap<NodeId, String>> texts = new TreeMap<>();
  private final SortedMap<ResourceId, SortedMap<NodeId, InstanceReport>> reports = new TreeMap<>();
  private final SortedMap<ResourceId, PrimaryTrack> tracks = new TreeMap<>();

  /// Nothing was heard yet.
  public Hearsay() {}

  /// The name under which an instance of a resource speaks.
  public static String name(ResourceId resource) {
    return INSTANCE + resource;
  }

  /// Takes what stands on the board now.
  ///
  /// @param facts of each node by name; others than those of instances are ignored
  /// @return the resources of which something else is said than before
  public SortedSet<ResourceId> heard(
      Instant now, SortedMap<NodeId, SortedMap<String, String>> facts) {
    SortedMap<ResourceId, SortedMap<NodeId, String>> said = new TreeMap<>();
    facts.forEach((node, byName) ->
        byName.forEach((name, text) -> {
          if (name.startsWith(INSTANCE)) {
            ResourceId.legal(name.substring(INSTANCE.length()))
                .filter(r -> said.containsKey(r) || said.size() < MOST_RESOURCES)
                .ifPresent(r -> said.computeIfAbsent(r, _ -> new TreeMap<>()).put(node, text));
          }
        }));
    SortedSet<ResourceId> changed = new TreeSet<>(texts.keySet());
    changed.addAll(said.keySet());
    changed.removeIf(r -> of(said, r).equals(of(texts, r)));
    for (ResourceId resource : changed) {
      if (tracks.size() >= MOST_RESOURCES) {
        tracks.keySet().retainAll(said.keySet());
      }
      listen(now, resource, of(said, resource));
    }
    return changed;
  }

  private static SortedMap<NodeId, String> of(
      SortedMap<ResourceId, SortedMap<NodeId, String>> all, ResourceId resource) {
    return Optional.ofNullable(all.get(resource)).orElseGet(TreeMap::new);
  }

  private void listen(Instant now, ResourceId resource, SortedMap<NodeId, String> said) {
    SortedMap<NodeId, String> before = of(texts, resource);
    PrimaryTrack track = tracks.computeIfAbsent(resource, _ -> new PrimaryTrack());
    SortedMap<NodeId, InstanceReport> known =
        reports.computeIfAbsent(resource, _ -> new TreeMap<>());
    known
        .keySet()
        .removeIf(node -> {
          boolean gone = !said.containsKey(node);
          if (gone) {
            track.silent(now, node);
          }
          return gone;
        });
    said.forEach((node, text) -> {
      if (!text.equals(before.get(node))) {
        ReportText.parse(text)
            .ifPresent(report -> {
              known.put(node, report);
              track.heard(now, node, report);
            });
      }
    });
    texts.put(resource, said);
    if (said.isEmpty()) {
      texts.remove(resource);
      reports.remove(resource);
    }
  }

  /// Who streams from whom, as far as it is known.
  public Replication replication(Instant now, ResourceId resource) {
    return Replication.of(
        now,
        Optional.ofNullable(reports.get(resource)).orElseGet(TreeMap::new),
        track(resource).orElseGet(PrimaryTrack::new));
  }

  /// The footprints of the last primary.
  public Optional<PrimaryTrack> track(ResourceId resource) {
    return Optional.ofNullable(tracks.get(resource));
  }
}
