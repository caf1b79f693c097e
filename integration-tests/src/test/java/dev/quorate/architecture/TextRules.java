package dev.quorate.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What any text of the repository must not contain, and what its Markdown must keep true.
final class TextRules {
  /// Hosts that a link may name; anything else may be a machine of ours.
  private static final List<String> PUBLIC_HOSTS =
      List.of(
          "apache.org",
          "archunit.org",
          "checkerframework.org",
          "clusterlabs.github.io",
          "clusterlabs.org",
          "debian.org",
          "errorprone.info",
          "example.com",
          "example.net",
          "example.org",
          "github.com",
          "jspecify.dev",
          "junit.org",
          "localhost",
          "openjdk.org",
          "postgresql.org",
          "prometheus.io",
          "w3.org");

  /// Documents and what was decided for them.
  private static final String DECISIONS = "resource-manager/src/test/resources/decisions/";

  /// Where the two old words are input, or another program's own option.
  private static final Set<String> OLD_WORDS_ALLOWED =
      Set.of(
          "daemon/src/main/java/dev/quorate/daemon/cli/OldWords.java",
          "daemon/src/test/java/dev/quorate/daemon/cli/OldWordsTest.java",
          "integration-tests/src/test/java/dev/quorate/container/Document000IT.java",
          "integration-tests/src/test/java/dev/quorate/container/Document003IT.java",
          "integration-tests/src/test/resources/dev/quorate/container/document-000.md",
          "integration-tests/src/test/resources/dev/quorate/container/document-003.md",
          "daemon/src/test/resources/cib/not-managed.xml",
          "daemon/src/test/resources/cib/pcs-two-nodes.xml",
          "docs/STYLE.md",
          "docs/glossary.md",
          "integration-tests/src/main/java/dev/quorate/differential/RandomStatus.java",
          "integration-tests/src/main/java/dev/quorate/differential/WideStatus.java",
          "integration-tests/src/main/java/dev/quorate/benchmark/BenchNetwork.java",
          "integration-tests/src/main/java/dev/quorate/lab/Lab.java",
          "integration-tests/src/main/resources/dev/quorate/lab/lab-node",
          "integration-tests/src/test/java/dev/quorate/architecture/TextRules.java",
          "integration-tests/src/test/java/dev/quorate/architecture/TidyTest.java",
          "resource-manager/src/main/java/dev/quorate/resource/cib/ResourceElement.java",
          "resource-manager/src/main/java/dev/quorate/resource/cib/xml/Identities.java",
          "resource-manager/src/main/java/dev/quorate/resource/cib/xml/ResourceReader.java",
          "resource-manager/src/main/java/dev/quorate/resource/cib/xml/ResourceWriter.java",
          "resource-manager/src/main/java/dev/quorate/resource/cib/xml/Scalars.java",
          "resource-manager/src/main/java/dev/quorate/resource/core/exchange/Words.java",
          "resource-manager/src/main/java/dev/quorate/resource/core/policy/Promotion.java",
          "resource-manager/src/main/java/dev/quorate/resource/core/policy/ResourceUnpacking.java",
          "resource-manager/src/main/java/dev/quorate/resource/core/policy/RoleLevel.java",
          "resource-manager/src/main/java/dev/quorate/resource/core/scheduling/LiveDocument.java",
          "resource-manager/src/main/java/dev/quorate/resource/core/scheduling/ResourceOptions.java",
          "resource-manager/src/main/java/dev/quorate/resource/core/state/KnownOptions.java",
          "resource-manager/src/test/java/dev/quorate/resource/cib/xml/CibReaderTest.java",
          "resource-manager/src/test/java/dev/quorate/resource/cib/xml/Examples.java",
          "resource-manager/src/test/java/dev/quorate/resource/cib/xml/ScalarsTest.java",
          "resource-manager/src/test/java/dev/quorate/resource/core/scheduling/PlanPropertyTest.java",
          "resource-manager/src/test/java/dev/quorate/resource/core/state/ConfigurationTest.java",
          "resource-manager/src/test/resources/scenarios/promotable-by-scores.txt");

  private static final Pattern URL = Pattern.compile("https?://([A-Za-z0-9.-]+)");
  private static final Pattern REGISTRY =
      Pattern.compile("\\b(docker\\.io|ghcr\\.io|quay\\.io|gcr\\.io|[\\w-]+\\.jfrog\\.io)\\b");
  private static final Pattern HOME =
      Pattern.compile("(?<![\\w.})-])/(home|Users|root|work)/[\\w.-]+");
  private static final Pattern FIX_LATER = Pattern.compile("\\b(FIX" + "ME|XX" + "X)\\b");
  private static final Pattern DO_LATER = Pattern.compile("\\bTO" + "DO\\b(?!\\(#\\d+\\))");
  private static final Pattern OLD_WORDS =
      Pattern.compile("(?<![Pp]ost)(?<!POST)master|slave", Pattern.CASE_INSENSITIVE);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");
  private static final Pattern CODE_PATH =
      Pattern.compile(
          "`((?:\\./[\\w-]+)|(?:(?:membership|consensus|resource-manager|agents|fencing|vip|daemon"
              + "|integration-tests|docs|\\.ci|\\.mvn)/[\\w./-]*))(?:\\s[^`]*)?`");
  private static final Pattern FENCE =
      Pattern.compile("^\\s*```.*?^\\s*```", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern TITLE = Pattern.compile("^# ", Pattern.MULTILINE);

  private TextRules() {}

  /// Findings that hold for every text file.
  static List<String> findings(String path, String text) {
    List<String> findings = new ArrayList<>();
    report(findings, path, FIX_LATER, text, "a mark of unfinished work");
    report(findings, path, DO_LATER, text, "a mark of unfinished work without an issue (#n)");
    report(findings, path, REGISTRY, text, "the host of a registry");
    report(findings, path, HOME, text, "a path of one machine");
    if (!OLD_WORDS_ALLOWED.contains(path) && !path.startsWith(DECISIONS)) {
      report(findings, path, OLD_WORDS, text, "an old word; say promoted, primary, leader");
    }
    Matcher url = URL.matcher(text);
    while (url.find()) {
      String host = url.group(1);
      if (!isPublic(host)) {
        findings.add(at(path, text, url.start()) + "an unknown host: " + host);
      }
    }
    return findings;
  }

  private static boolean isPublic(String host) {
    return host.matches("[0-9.]+")
        || PUBLIC_HOSTS.stream()
            .anyMatch(known -> host.equals(known) || host.endsWith("." + known));
  }

  /// Findings in a Markdown file; `exists` answers for a path relative to the repository's root.
  static List<String> markdown(String path, String text, Predicate<String> exists) {
    List<String> findings = new ArrayList<>();
    String prose =
        FENCE.matcher(text).replaceAll(hit -> "\n".repeat((int) hit.group().lines().count() - 1));
    long titles = TITLE.matcher(prose).results().count();
    if (titles != 1) {
      findings.add(path + ": " + titles + " titles, wanted is one");
    }
    Matcher link = LINK.matcher(prose);
    while (link.find()) {
      String target = link.group(1);
      String file = target.contains("#") ? target.substring(0, target.indexOf('#')) : target;
      boolean elsewhere = target.contains("://") || target.startsWith("mailto:") || file.isEmpty();
      if (!elsewhere && !exists.test(resolve(path, file))) {
        findings.add(at(path, prose, link.start()) + "a dead link: " + target);
      }
    }
    Matcher code = CODE_PATH.matcher(prose);
    while (code.find()) {
      String target = code.group(1);
      if (!target.contains("/target/") && !exists.test(target.replaceFirst("^\\./", ""))) {
        findings.add(at(path, prose, code.start()) + "no such path: " + target);
      }
    }
    return findings;
  }

  private static String resolve(String path, String target) {
    int slash = path.lastIndexOf('/');
    return java.nio.file.Path.of(slash < 0 ? "" : path.substring(0, slash), target)
        .normalize()
        .toString();
  }

  private static void report(
      List<String> findings, String path, Pattern pattern, String text, String what) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      findings.add(at(path, text, matcher.start()) + what + ": " + matcher.group());
    }
  }

  private static String at(String path, String text, int offset) {
    return path + ":" + (text.substring(0, offset).lines().count() + 1) + ": ";
  }
}
