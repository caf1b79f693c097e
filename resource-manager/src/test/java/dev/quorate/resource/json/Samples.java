package dev.quorate.resource.json;

import dev.quorate.consensus.LogPosition;
import dev.quorate.membership.Incarnation;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Makes a value of any record of the domain, for every permitted case of every sealed type in it,
/// so that a new case is covered without being listed.
final class Samples {
  private static final int MAX_DEPTH = 12;

  private Samples() {}

  /// At least one value of each case of a type.
  static List<Object> of(Class<?> type) throws ReflectiveOperationException {
    List<Object> samples = new ArrayList<>();
    for (Class<?> permitted : cases(type)) {
      samples.add(sample(permitted, 0));
    }
    return samples;
  }

  private static List<Class<?>> cases(Class<?> type) {
    if (!type.isSealed()) {
      return List.of(type);
    }
    List<Class<?>> all = new ArrayList<>();
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      all.addAll(cases(permitted));
    }
    return all;
  }

  private static Object sample(Type type, int depth) throws ReflectiveOperationException {
    if (depth > MAX_DEPTH) {
      throw new IllegalStateException("too deep: " + type);
    }
    if (type instanceof ParameterizedType generic) {
      return collection(generic, depth);
    }
    Class<?> raw = (Class<?>) type;
    return switch (raw.getSimpleName()) {
      case "String" -> "é \"text\"";
      case "int", "Integer" -> 2;
      case "long", "Long" -> 1L << 40;
      case "boolean", "Boolean" -> true;
      case "Instant" -> Instant.ofEpochSecond(1_800_000_000L, 5);
      case "Duration" -> Duration.ofMillis(1500);
      case "NodeId", "ResourceId" -> raw.getConstructor(String.class).newInstance("n1");
      case "AgentType" -> dev.quorate.resource.AgentType.parse("ocf:heartbeat:IPaddr2");
      case "Score" -> dev.quorate.resource.Score.NEVER;
      case "Incarnation" -> new Incarnation("boot", 3);
      case "LogPosition" -> new LogPosition(1, 2, 3);
      case "SyncPromise" ->
          new dev.quorate.resource.SyncPromise(
              4, List.of(new dev.quorate.membership.NodeId("n2")), 1);
      default -> composite(raw, depth);
    };
  }

  private static Object collection(ParameterizedType generic, int depth)
      throws ReflectiveOperationException {
    Type[] arguments = generic.getActualTypeArguments();
    if (generic.getRawType() == Optional.class) {
      return depth % 3 == 0 ? Optional.empty() : Optional.of(sample(arguments[0], depth + 1));
    }
    if (generic.getRawType() == List.class) {
      List<Object> list = new ArrayList<>();
      for (Class<?> each :
          depth < MAX_DEPTH / 2 && arguments[0] instanceof Class<?> element
              ? cases(element)
              : List.<Class<?>>of()) {
        list.add(sample(each, depth + 1));
      }
      return list;
    }
    SortedMap<Object, Object> map = new TreeMap<>();
    map.put(sample(arguments[0], depth + 1), sample(arguments[1], depth + 1));
    return map;
  }

  private static Object composite(Class<?> raw, int depth) throws ReflectiveOperationException {
    if (raw.isSealed()) {
      List<Class<?>> cases = cases(raw);
      return sample(cases.get(depth % cases.size()), depth + 1);
    }
    if (raw.isEnum()) {
      return Array.get(raw.getMethod("values").invoke(null), 0);
    }
    if (!raw.isRecord()) {
      throw new IllegalStateException("no sample of " + raw + ": add one");
    }
    RecordComponent[] components = raw.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = sample(components[i].getGenericType(), depth + 1);
    }
    try {
      var constructor = raw.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("no sample of " + raw + ": add one", e);
    }
  }
}
