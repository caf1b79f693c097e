package dev.quorate.resource.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quorate.resource.cib.xml.Dates;
import dev.quorate.resource.core.preview.Moment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is said of a collection of documents, one JSON object per line.
///
/// @param cases by name
public record CaseCatalog(SortedMap<String, Case> cases) {
  /// What is said of one document.
  ///
  /// @param tier a word for what can be expected; empty if not said
  /// @param now the time that the document is held against, if it does not have one itself
  public record Case(String tier, Optional<Instant> now) {}

  /// Copies the map.
  public CaseCatalog {
    cases = Collections.unmodifiableSortedMap(new TreeMap<>(cases));
  }

  /// Nothing is said.
  public static CaseCatalog none() {
    return new CaseCatalog(new TreeMap<>());
  }

  /// Reads a catalog.
  ///
  /// @throws IllegalArgumentException that names every line that cannot be read
  public static CaseCatalog read(List<String> lines) {
    ObjectMapper mapper = new ObjectMapper();
    SortedMap<String, Case> cases = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).isBlank()) {
        continue;
      }
      try {
        JsonNode row = mapper.readTree(lines.get(i));
        Optional<String> now = Optional.ofNullable(row.get("now")).map(JsonNode::asText);
        Optional<Instant> at = now.flatMap(CaseCatalog::moment);
        String name = row.path("name").asText();
        if (name.isEmpty()) {
          problems.add("line " + (i + 1) + ": there is no name");
        } else if (now.isPresent() && at.isEmpty()) {
          problems.add("line " + (i + 1) + ": '" + now.get() + "' is not a time");
        } else {
          cases.put(name, new Case(row.path("tier").asText(), at));
        }
      } catch (JsonProcessingException e) {
        problems.add("line " + (i + 1) + ": " + e.getOriginalMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", problems));
    }
    return new CaseCatalog(cases);
  }

  /// The time of a document, if it is known.
  public Optional<Instant> now(String name) {
    return Optional.ofNullable(cases.get(name)).flatMap(Case::now);
  }

  /// A time as people write it: ISO 8601, or seconds since the epoch after an `@`.
  public static Optional<Instant> moment(String text) {
    return text.startsWith("@") ? Moment.epoch(text.substring(1)) : Dates.parse(text);
  }
}
