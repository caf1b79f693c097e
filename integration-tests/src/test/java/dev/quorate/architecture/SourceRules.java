package dev.quorate.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// What a Java source must look like beyond what compiler and formatter see.
final class SourceRules {
  static final int LINES_PER_METHOD = 70;
  static final int LINES_PER_FILE = 500;

  private static final Set<String> BANNED_WORDS =
      Set.of(
          "Abstract",
          "Base",
          "Data",
          "Helper",
          "Helpers",
          "Impl",
          "Info",
          "Manager",
          "Util",
          "Utils");

  /// Words of PostgreSQL, which are not ours to change.
  private static final Map<String, String> FIELD_WORDS =
      Map.of(
          "BaseBackup", "the program pg_basebackup",
          "ControlData", "the program pg_controldata",
          "DataDirectory", "the directory of an instance");

  private static final Pattern SLEEP =
      Pattern.compile("\\b(Thread\\s*\\.\\s*sleep|TimeUnit\\s*\\.\\s*\\w+\\s*\\.\\s*sleep)\\s*\\(");
  private static final Pattern OLD_DOC = Pattern.compile("(?m)^\\s*/\\*\\*");
  private static final Pattern TEST =
      Pattern.compile("(?m)^\\s*@(Test|TestFactory|ParameterizedTest|RepeatedTest)\\b");
  private static final Pattern RUN_NAMES =
      // The last one is run by `./check compare`.
      Pattern.compile("(Test|IT|Contract|/FailoverComparison)\\.java$");
  private static final Pattern CAMEL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|_");

  private SourceRules() {}

  /// All findings of one source; the path decides which rules hold.
  static List<String> findings(String path, String text) {
    List<String> findings = new ArrayList<>();
    long lines = text.lines().count();
    if (lines > LINES_PER_FILE) {
      findings.add(path + ": " + lines + " lines, at most " + LINES_PER_FILE);
    }
    if (OLD_DOC.matcher(text).find()) {
      findings.add(path + ": a block doc comment; write /// instead");
    }
    if (path.contains("src/test/") && SLEEP.matcher(text).find()) {
      findings.add(path + ": a test sleeps; wait for a condition or step a clock instead");
    }
    if (path.contains("src/test/")
        && TEST.matcher(text).find()
        && !RUN_NAMES.matcher(path).find()) {
      findings.add(path + ": no build runs it; name it ...Test, ...IT or ...Contract");
    }
    if (path.endsWith("package-info.java") || path.endsWith("module-info.java")) {
      return findings;
    }
    findings.addAll(declarations(path, text));
    return findings;
  }

  private static List<String> declarations(String path, String text) {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var task = (JavacTask) compiler.getTask(null, null, null, null, null, List.of(source(text)));
    try {
      List<String> findings = new ArrayList<>();
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new Declarations(path, unit, positions, findings).scan(unit, null);
      }
      return findings;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JavaFileObject source(String text) {
    return new SimpleJavaFileObject(
        URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE) {
      @Override
      public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return text;
      }
    };
  }

  static List<String> bannedWords(String className) {
    String name = className;
    for (String allowed : FIELD_WORDS.keySet()) {
      name = name.replace(allowed, "");
    }
    return Arrays.stream(CAMEL.split(name, -1)).filter(BANNED_WORDS::contains).toList();
  }

  private static final class Declarations extends TreeScanner<Void, Void> {
    private final String path;
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> findings;

    Declarations(
        String path, CompilationUnitTree unit, SourcePositions positions, List<String> findings) {
      this.path = path;
      this.unit = unit;
      this.positions = positions;
      this.findings = findings;
    }

    @Override
    public Void visitClass(ClassTree tree, Void unused) {
      String name = tree.getSimpleName().toString();
      List<String> banned = bannedWords(name);
      if (!banned.isEmpty()) {
        findings.add(path + ": class " + name + " is named by " + banned + ", which says nothing");
      }
      return super.visitClass(tree, null);
    }

    @Override
    public Void visitMethod(MethodTree tree, Void unused) {
      long lines = line(positions.getEndPosition(unit, tree)) - line(start(tree)) + 1;
      if (lines > LINES_PER_METHOD) {
        findings.add(
            path + ": " + tree.getName() + " has " + lines + " lines, at most " + LINES_PER_METHOD);
      }
      return super.visitMethod(tree, null);
    }

    private long start(Tree tree) {
      return positions.getStartPosition(unit, tree);
    }

    private long line(long position) {
      return unit.getLineMap().getLineNumber(position);
    }
  }
}
