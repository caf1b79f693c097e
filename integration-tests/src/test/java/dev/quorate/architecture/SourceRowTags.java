package dev.quorate.architecture;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/// Which tests stand for which rows of the source documents, by the tags in their sources.
final class SourceRowTags {
  private static final Pattern ROW = Pattern.compile("\"(S[0-9][-+][0-9]{2})\"");
  private static final Pattern TEST =
      Pattern.compile("(Test|TestFactory|ParameterizedTest|RepeatedTest)");

  private final SortedMap<String, SortedSet<String>> tests = new TreeMap<>();
  private final List<String> misplaced = new ArrayList<>();

  /// Reads the tags of one source.
  void read(String text) {
    if (!ROW.matcher(text).find()) {
      return;
    }
    var compiler = ToolProvider.getSystemJavaCompiler();
    var task =
        (JavacTask)
            compiler.getTask(null, null, null, null, null, List.of(SourceRules.source(text)));
    try {
      for (CompilationUnitTree unit : task.parse()) {
        String pack = unit.getPackageName() == null ? "" : unit.getPackageName() + ".";
        new Tags(pack.replaceFirst("^dev\\.quorate\\.", "")).scan(unit, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// By row, as `agents.postgresql.RejoinTest#aMethod`.
  SortedMap<String, SortedSet<String>> tests() {
    return tests;
  }

  /// Tags where no test is: they would stand for nothing.
  List<String> misplaced() {
    return misplaced;
  }

  private static List<String> rows(ModifiersTree modifiers) {
    List<String> rows = new ArrayList<>();
    for (AnnotationTree annotation : modifiers.getAnnotations()) {
      Matcher row = ROW.matcher(annotation.toString());
      while (row.find()) {
        rows.add(row.group(1));
      }
    }
    return rows;
  }

  private final class Tags extends TreeScanner<Void, Void> {
    private final Deque<String> enclosing = new ArrayDeque<>();

    Tags(String pack) {
      enclosing.push(pack);
    }

    @Override
    public Void visitClass(ClassTree tree, Void unused) {
      String outer = enclosing.element();
      String name =
          outer + (outer.isEmpty() || outer.endsWith(".") ? "" : "$") + tree.getSimpleName();
      rows(tree.getModifiers()).forEach(row -> misplaced.add(row + " at class " + name));
      enclosing.push(name);
      super.visitClass(tree, null);
      enclosing.pop();
      return null;
    }

    @Override
    public Void visitMethod(MethodTree tree, Void unused) {
      String name = enclosing.element() + "#" + tree.getName();
      boolean test =
          tree.getModifiers().getAnnotations().stream()
              .anyMatch(a -> TEST.matcher(a.getAnnotationType().toString()).matches());
      for (String row : rows(tree.getModifiers())) {
        if (test) {
          tests.computeIfAbsent(row, _ -> new TreeSet<>()).add(name);
        } else {
          misplaced.add(row + " at " + name);
        }
      }
      return super.visitMethod(tree, null);
    }
  }
}
