package dev.quorate.container;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A page that is typed: the lines of its blocks, and what happens to the machines between them.
///
/// Every block is marked `console`, and each of its lines reads `NAME# command`, or `all# command`
/// for every machine; one that ends in a backslash goes on in the next. What happens stands in
/// comments of one line, which a reader does not see. A section with the comment `apart` is not
/// typed with the others. What cannot be understood is an error, since nobody would type it.
final class Page {
  /// What happens to machines, as [Walkthrough] says.
  static final Set<String> DEEDS =
      Set.of("off", "on", "freeze", "kill", "spoil", "unplug", "plug", "whole", "until");

  private static final Path DOCS = Path.of("../docs");
  private static final String APART = "apart";
  private static final String FENCE = "```";
  private static final String SECTION = "## ";
  private static final Pattern LINE =
      Pattern.compile("(?<where>[a-z0-9]+)# (?<command>\\S.*)", Pattern.DOTALL);
  private static final Pattern DEED = Pattern.compile("<!-- (?<deed>.+) -->");
  private static final Pattern INLINE = Pattern.compile("`([^`]+)`");

  private final String name;
  private final List<String> lines;
  private final List<Step> steps = new ArrayList<>();
  private final Set<String> apart = new TreeSet<>();
  private final StringBuilder prose = new StringBuilder();
  private String section = "";
  private int at;

  /// A command and where it is typed; nowhere if it is a deed.
  ///
  /// @param section the heading above it, or empty text
  record Step(String section, String where, String command) {
    boolean isDeed() {
      return where.isEmpty();
    }
  }

  private Page(String name, String text) {
    this.name = name;
    this.lines = text.lines().toList();
  }

  /// Reads a text.
  ///
  /// @throws AssertionError if there is something in it that could not be typed
  static Page of(String name, String text) {
    Page page = new Page(name, text);
    while (page.at < page.lines.size()) {
      page.line(page.lines.get(page.at));
      page.at++;
    }
    if (page.steps.stream().allMatch(Step::isDeed)) {
      throw new AssertionError(name + " has nothing to type");
    }
    return page;
  }

  /// A page of the documentation.
  static Page documented(String name) throws IOException {
    return of(name, Files.readString(DOCS.resolve(name)));
  }

  /// A page that lies beside the tests.
  static Page besideTests(String name) throws IOException {
    try (InputStream text = Page.class.getResourceAsStream(name)) {
      return of(
          name,
          new String(Objects.requireNonNull(text, name).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  String name() {
    return name;
  }

  /// Everything but the sections apart, in order.
  List<Step> steps() {
    return steps.stream().filter(step -> !apart.contains(step.section())).toList();
  }

  /// One section.
  List<Step> steps(String heading) {
    List<Step> found = steps.stream().filter(step -> step.section().equals(heading)).toList();
    if (found.isEmpty()) {
      throw new AssertionError(name + " has nothing to type in a section '" + heading + "'");
    }
    return found;
  }

  /// The headings of the sections apart.
  Set<String> apart() {
    return new TreeSet<>(apart);
  }

  /// Every command of every section.
  List<String> commands() {
    return steps.stream().filter(step -> !step.isDeed()).map(Step::command).toList();
  }

  /// What stands as code in its sentences.
  List<String> inline() {
    return INLINE
        .matcher(prose)
        .results()
        .map(code -> code.group(1).replaceAll("\\s+", " ").strip())
        .toList();
  }

  private void line(String line) {
    if (line.stripLeading().startsWith(FENCE)) {
      require(line.equals(FENCE + "console"), "a block that nobody types");
      block();
    } else if (line.contains("<!--")) {
      comment(line);
    } else {
      if (line.startsWith(SECTION)) {
        section = line.substring(SECTION.length()).strip();
      }
      prose.append(line).append('\n');
    }
  }

  private void comment(String line) {
    Matcher comment = DEED.matcher(line);
    require(comment.matches(), "a comment that is no deed");
    String deed = comment.group("deed");
    if (deed.equals(APART)) {
      require(!section.isEmpty(), "no section that could be apart");
      apart.add(section);
      return;
    }
    require(DEEDS.contains(deed.split(" ", 2)[0]), "nobody knows how to do this");
    steps.add(new Step(section, "", deed));
  }

  private void block() {
    while (!next().equals(FENCE)) {
      StringBuilder line = new StringBuilder(lines.get(at));
      while (line.toString().endsWith("\\")) {
        line.append('\n').append(next());
        require(!lines.get(at).equals(FENCE), "a line that goes on nowhere");
      }
      Matcher words = LINE.matcher(line);
      require(words.matches(), "a line of a block that names no machine");
      steps.add(new Step(section, words.group("where"), words.group("command")));
    }
  }

  private String next() {
    at++;
    if (at == lines.size()) {
      throw new AssertionError(name + ": a block has no end");
    }
    return lines.get(at);
  }

  private void require(boolean condition, String problem) {
    if (!condition) {
      throw new AssertionError("%s:%d: %s: %s".formatted(name, at + 1, problem, lines.get(at)));
    }
  }
}
