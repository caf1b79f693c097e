package dev.quorate.resource.cib.xml;

import dev.quorate.resource.cib.Cib;
import dev.quorate.resource.cib.CibConfiguration;
import dev.quorate.resource.cib.CibStatus;
import dev.quorate.resource.cib.Element;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads documents. They are not trusted, and everything that is wrong with one is told at once.
public final class CibReader {
  private CibReader() {}

  /// What was read.
  ///
  /// @param cib present if there are no problems
  /// @param problems why the document must not be used
  /// @param notices what of the document does not count
  public record Result(Optional<Cib> cib, List<CibProblem> problems, List<CibProblem> notices) {
    /// Copies the lists.
    public Result {
      problems = List.copyOf(problems);
      notices = List.copyOf(notices);
    }
  }

  /// Reads a document.
  ///
  /// @throws IOException if the stream fails; bad content never does that
  public static Result read(InputStream document) throws IOException {
    return read(document.readNBytes(ElementReader.MAX_BYTES + 1));
  }

  /// Reads a document.
  public static Result read(byte[] document) {
    Problems problems = new Problems();
    HistoryReader history = new HistoryReader();
    Optional<Cib> cib =
        ElementReader.read(document, problems, history)
            .flatMap(root -> read(root, problems, history));
    return new Result(
        problems.anyRefused() ? Optional.empty() : cib, problems.refused(), problems.noticed());
  }

  /// The lines in which identities are defined in the configuration of a document; empty if it
  /// cannot be read.
  public static SortedMap<String, Integer> lines(byte[] document) {
    SortedMap<String, Integer> lines = new TreeMap<>();
    ElementReader.read(document, new Problems(), new HistoryReader())
        .ifPresent(root ->
            root.children().stream()
                .filter(section -> section.name().equals("configuration"))
                .forEach(section -> collect(section, lines)));
    return lines;
  }

  private static void collect(Element element, SortedMap<String, Integer> lines) {
    String id = element.attributes().get("id");
    if (id != null && !element.name().endsWith("_ref")) {
      lines.putIfAbsent(id, element.line());
    }
    element.children().forEach(child -> collect(child, lines));
  }

  private static Optional<Cib> read(Element root, Problems problems, HistoryReader history) {
    if (!root.name().equals("cib")) {
      problems.refuse(root, "the document is a \"" + root.name() + "\", not a cib");
      return Optional.empty();
    }
    Fields fields = new Fields(root, problems);
    Optional<Element> configuration = single(root, fields, "configuration", problems);
    Optional<Element> status = single(root, fields, "status", problems);
    if (configuration.isEmpty()) {
      problems.refuse(root, "there is no configuration");
      return Optional.empty();
    }
    CibConfiguration decided = ConfigurationReader.read(configuration.get(), problems);
    CibStatus seen =
        status
            .map(element -> new StatusReader(problems, history.histories()).read(element))
            .orElseGet(() -> new CibStatus(List.of(), List.of()));
    problems.addAll(history.problems());
    Cib cib = new Cib(fields.rest(), decided, seen);
    fields.done();
    return Optional.of(cib);
  }

  private static Optional<Element> single(
      Element root, Fields fields, String name, Problems problems) {
    List<Element> found = fields.children(name);
    if (found.size() > 1) {
      problems.refuse(root, "there is more than one " + name);
    }
    return found.stream().findFirst();
  }
}
