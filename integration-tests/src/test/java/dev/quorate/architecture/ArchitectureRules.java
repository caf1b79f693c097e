package dev.quorate.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnitAccess;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/// The rules about who may know whom, for any tree of packages below one root.
///
/// The root is a parameter so that the same rules judge the product and a small tree of deliberate
/// offenders: a rule that does not catch its offender is itself broken. Call rules are explicit
/// lambdas, for chained predicates have silently lost a part before.
final class ArchitectureRules {
  private static final List<String> CHAIN =
      List.of("membership", "consensus", "resource", "agents", "vip");
  private static final List<String> PROGRAMS =
      List.of("simulation", "lab", "differential", "benchmark");

  /// Packages of values beyond those at the root of a module.
  private static final List<String> VALUES = List.of("resource.cib");

  /// Packages of the JDK of which a core may use every class that is not refused below.
  private static final List<String> PURE_PACKAGES =
      List.of(
          "java.lang",
          "java.lang.annotation",
          "java.lang.invoke",
          "java.lang.runtime",
          "java.math",
          "java.nio.charset",
          "java.time",
          "java.time.format",
          "java.time.temporal",
          "java.util",
          "java.util.function",
          "java.util.random",
          "java.util.regex",
          "java.util.stream",
          "org.jspecify.annotations");

  /// Single classes that a core may use although their package is not pure.
  private static final List<String> PURE_CLASSES =
      List.of(
          "java.io.Serializable",
          "java.nio.Buffer",
          "java.nio.BufferOverflowException",
          "java.nio.BufferUnderflowException",
          "java.nio.ByteBuffer",
          "java.nio.ByteOrder",
          "java.security.MessageDigest",
          "java.security.NoSuchAlgorithmException",
          "java.util.zip.CRC32",
          "java.util.zip.CRC32C",
          "java.util.zip.Checksum");

  /// Clocks, threads, the outside world, and collections whose order differs between two runs.
  private static final List<String> IMPURE_CLASSES =
      List.of(
          "java.lang.InheritableThreadLocal",
          "java.lang.Process",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessHandle",
          "java.lang.Runtime",
          "java.lang.ScopedValue",
          "java.lang.Thread",
          "java.lang.ThreadGroup",
          "java.lang.ThreadLocal",
          "java.time.Clock",
          "java.time.InstantSource",
          "java.util.Calendar",
          "java.util.Date",
          "java.util.GregorianCalendar",
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.Hashtable",
          "java.util.IdentityHashMap",
          "java.util.Properties",
          "java.util.Scanner",
          "java.util.ServiceLoader",
          "java.util.Timer",
          "java.util.TimerTask",
          "java.util.UUID",
          "java.util.WeakHashMap");

  private final String root;

  ArchitectureRules(String root) {
    this.root = root;
  }

  /// Every rule by its name, in the order in which they are reported.
  Map<String, ArchRule> all() {
    Map<String, ArchRule> rules = new TreeMap<>();
    rules.put("a core depends on values only", coresDependOnValuesOnly());
    rules.put("a core calls nothing ambient", coresCallNothingAmbient());
    rules.put("a core takes no lock", coresTakeNoLock());
    rules.put("values have a stable order", valuesHaveStableOrder());
    rules.put("vocabulary neither logs nor knows a technology", vocabularyIsPlain());
    rules.put("modules look downward only", modulesLookDownward());
    rules.put("packages have no cycle", packagesHaveNoCycle());
    rules.put("Netty stays with the transport", nettyIsConfined());
    rules.put("Ratis stays behind the log", ratisIsConfined());
    rules.put("JDBC stays with the probes", jdbcIsConfined());
    rules.put("packages are null-marked", packagesAreNullMarked());
    return rules;
  }

  private ArchRule coresDependOnValuesOnly() {
    return classes()
        .that()
        .resideInAPackage("..core..")
        .should()
        .onlyDependOnClassesThat(predicate("values, vocabulary or cores", this::isPure));
  }

  private boolean isPure(JavaClass type) {
    JavaClass element = type.getBaseComponentType();
    String name = element.getName();
    String outermost = name.contains("$") ? name.substring(0, name.indexOf('$')) : name;
    return element.isPrimitive()
        || isVocabulary(element)
        || isCore(element)
        || PURE_CLASSES.contains(outermost)
        || (PURE_PACKAGES.contains(element.getPackageName())
            && !IMPURE_CLASSES.contains(outermost));
  }

  private ArchRule coresCallNothingAmbient() {
    return classes()
        .that()
        .resideInAPackage("..core..")
        .should(notCall("read a clock, a default or hidden randomness", this::isAmbient));
  }

  private boolean isAmbient(String owner, CodeUnitAccessTarget target) {
    String name = target.getName();
    int parameters = target.getRawParameterTypes().size();
    return switch (owner) {
      case "java.lang.System" -> !name.equals("arraycopy");
      case "java.lang.Math" -> name.equals("random");
      case "java.util.Random", "java.util.SplittableRandom" ->
          name.equals("<init>") && parameters == 0;
      case "java.util.random.RandomGenerator" -> name.equals("getDefault") || name.equals("of");
      case "java.util.random.RandomGeneratorFactory" -> name.equals("create") && parameters == 0;
      case "java.util.Locale" -> name.equals("getDefault");
      case "java.util.Collections" -> name.equals("shuffle") && parameters == 1;
      default ->
          owner.startsWith("java.time.") && (name.equals("now") || name.equals("systemDefault"));
    };
  }

  private ArchRule coresTakeNoLock() {
    return classes()
        .that()
        .resideInAPackage("..core..")
        .should(
            condition(
                "have no synchronized method and no volatile field",
                type ->
                    Stream.concat(
                            type.getMethods().stream()
                                .filter(m -> m.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                                .map(m -> m.getFullName() + " is synchronized"),
                            type.getFields().stream()
                                .filter(f -> f.getModifiers().contains(JavaModifier.VOLATILE))
                                .map(f -> f.getFullName() + " is volatile"))
                        .toList()));
  }

  private ArchRule valuesHaveStableOrder() {
    return classes()
        .that(predicate("are vocabulary or core", type -> isVocabulary(type) || isCore(type)))
        .should(notCall("use a collection whose order is salted or by hash", this::isUnordered));
  }

  private boolean isUnordered(String owner, CodeUnitAccessTarget target) {
    String name = target.getName();
    int parameters = target.getRawParameterTypes().size();
    return switch (owner) {
      case "java.util.Set" -> name.equals("of") || name.equals("copyOf");
      case "java.util.Map" ->
          name.equals("of") || name.equals("copyOf") || name.equals("ofEntries");
      case "java.util.HashMap", "java.util.HashSet" -> true;
      case "java.util.stream.Collectors" ->
          switch (name) {
            case "toSet", "toUnmodifiableSet", "toUnmodifiableMap" -> true;
            case "toMap" -> parameters < 4;
            case "groupingBy" -> parameters < 3;
            default -> name.contains("Concurrent");
          };
      case "java.util.Collection", "java.util.List", "java.util.SequencedCollection" ->
          name.equals("parallelStream");
      default -> owner.startsWith("java.util.stream.") && name.equals("parallel");
    };
  }

  private ArchRule vocabularyIsPlain() {
    return noClasses()
        .that(predicate("are vocabulary", this::isVocabulary))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.slf4j..",
            "io.netty..",
            "org.apache.ratis..",
            "java.sql..",
            "java.net..",
            "java.io");
  }

  private ArchRule modulesLookDownward() {
    return classes()
        .that(predicate("are ours", type -> !moduleOf(type).isEmpty()))
        .should(
            condition(
                "use only modules below their own",
                type ->
                    type.getDirectDependenciesFromSelf().stream()
                        .filter(use -> !mayUse(moduleOf(type), moduleOf(use.getTargetClass())))
                        .map(use -> use.getDescription())
                        .toList()));
  }

  private boolean mayUse(String user, String used) {
    if (used.isEmpty() || used.equals(user)) {
      return true;
    }
    if (user.equals("daemon")) {
      return !PROGRAMS.contains(used);
    }
    if (PROGRAMS.contains(user)) {
      return !PROGRAMS.contains(used);
    }
    if (user.equals("fencing")) {
      return used.equals("membership");
    }
    return CHAIN.contains(user)
        && CHAIN.contains(used)
        && CHAIN.indexOf(used) < CHAIN.indexOf(user);
  }

  private ArchRule packagesHaveNoCycle() {
    return slices().matching(root + ".(**)").should().beFreeOfCycles();
  }

  private ArchRule nettyIsConfined() {
    return confined("io.netty", List.of("netty"), List.of("daemon"));
  }

  private ArchRule ratisIsConfined() {
    return confined("org.apache.ratis", List.of("ratis"), List.of());
  }

  private ArchRule jdbcIsConfined() {
    return classes()
        .that(predicate("are ours", type -> !moduleOf(type).isEmpty()))
        .should(stayAway("java.sql", List.of("jdbc"), List.of("lab")))
        .andShould(stayAway("org.postgresql", List.of("jdbc"), List.of("lab")));
  }

  private ArchRule confined(String technology, List<String> packages, List<String> modules) {
    return classes()
        .that(predicate("are ours", type -> !moduleOf(type).isEmpty()))
        .should(stayAway(technology, packages, modules));
  }

  private ArchCondition<JavaClass> stayAway(
      String technology, List<String> packages, List<String> modules) {
    return condition(
        "use " + technology + " only in packages " + packages + " or modules " + modules,
        type ->
            modules.contains(moduleOf(type))
                    || segments(type.getPackageName()).anyMatch(packages::contains)
                ? List.of()
                : type.getDirectDependenciesFromSelf().stream()
                    .filter(use ->
                        (use.getTargetClass().getPackageName() + ".").startsWith(technology + "."))
                    .map(use -> use.getDescription())
                    .toList());
  }

  private ArchRule packagesAreNullMarked() {
    return classes()
        .that(predicate("are ours", type -> !moduleOf(type).isEmpty()))
        .should(
            condition(
                "live in a package that is @NullMarked",
                type -> {
                  JavaPackage home = type.getPackage();
                  return home.isAnnotatedWith(NullMarked.class)
                      ? List.of()
                      : List.of(home.getName() + " is not @NullMarked, see " + type.getName());
                }));
  }

  private boolean isVocabulary(JavaClass type) {
    return !moduleOf(type).isEmpty()
        && (type.getPackageName().equals(root + "." + moduleOf(type))
            || VALUES.contains(type.getPackageName().substring(root.length() + 1)))
        && !moduleOf(type).equals("daemon")
        && !PROGRAMS.contains(moduleOf(type));
  }

  private boolean isCore(JavaClass type) {
    return !moduleOf(type).isEmpty() && segments(type.getPackageName()).anyMatch("core"::equals);
  }

  /// The module of a class of ours; empty for everybody else's.
  private String moduleOf(JavaClass type) {
    String home = type.getBaseComponentType().getPackageName();
    if (!home.startsWith(root + ".")) {
      return "";
    }
    String module = segments(home.substring(root.length() + 1)).findFirst().orElse("");
    return module.equals("architecture") ? "" : module;
  }

  private static Stream<String> segments(String packageName) {
    return Arrays.stream(packageName.split("\\.", -1));
  }

  private static ArchCondition<JavaClass> notCall(
      String what, BiPredicate<String, CodeUnitAccessTarget> banned) {
    return condition(
        "not " + what,
        type ->
            Stream.<JavaCodeUnitAccess<?>>concat(
                    type.getCodeUnitCallsFromSelf().stream(),
                    type.getCodeUnitReferencesFromSelf().stream())
                .filter(use -> banned.test(use.getTargetOwner().getName(), use.getTarget()))
                .map(use -> use.getDescription())
                .toList());
  }

  private static DescribedPredicate<JavaClass> predicate(String text, Predicate<JavaClass> test) {
    return DescribedPredicate.describe(text, test);
  }

  private static ArchCondition<JavaClass> condition(
      String text, Function<JavaClass, List<String>> findings) {
    return new ArchCondition<>(text) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        findings
            .apply(type)
            .forEach(finding -> events.add(SimpleConditionEvent.violated(type, finding)));
      }
    };
  }
}
