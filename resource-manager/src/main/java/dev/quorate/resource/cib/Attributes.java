package dev.quorate.resource.cib;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Names and values, sorted by name, that never change.
///
/// Documents have very many small ones, so this one is an array and no tree.
@SuppressWarnings("JdkObsolete") // nobody needs the neighbours of a name
public final class Attributes extends AbstractMap<String, String>
    implements SortedMap<String, String> {
  private static final Attributes NONE = new Attributes(new String[0]);

  /// Names and values in turn.
  private final String[] pairs;

  private Attributes(String[] pairs) {
    this.pairs = pairs;
  }

  /// The same names and values; a map that is one already is its own copy.
  public static SortedMap<String, String> copyOf(SortedMap<String, String> map) {
    if (map instanceof Attributes attributes) {
      return attributes;
    }
    if (map.isEmpty()) {
      return NONE;
    }
    String[] pairs = new String[2 * map.size()];
    int next = 0;
    for (Map.Entry<String, String> entry : new TreeMap<>(map).entrySet()) {
      pairs[next++] = entry.getKey();
      pairs[next++] = entry.getValue();
    }
    return new Attributes(pairs);
  }

  /// Names and values in turn, the names in any order and each only once.
  public static SortedMap<String, String> of(List<String> namesAndValues) {
    if (namesAndValues.isEmpty()) {
      return NONE;
    }
    String[] pairs = namesAndValues.toArray(String[]::new);
    for (int i = 2; i < pairs.length; i += 2) {
      String name = pairs[i];
      String value = pairs[i + 1];
      int j = i;
      for (; j > 0 && pairs[j - 2].compareTo(name) > 0; j -= 2) {
        pairs[j] = pairs[j - 2];
        pairs[j + 1] = pairs[j - 1];
      }
      pairs[j] = name;
      pairs[j + 1] = value;
    }
    return new Attributes(pairs);
  }

  @Override
  public int size() {
    return pairs.length / 2;
  }

  @Override
  public @Nullable String get(@Nullable Object name) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(name)) {
        return pairs[i + 1];
      }
    }
    return null;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return get(name) != null;
  }

  @Override
  public Set<Map.Entry<String, String>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return pairs.length / 2;
      }

      @Override
      public Iterator<Map.Entry<String, String>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < pairs.length;
          }

          @Override
          public Map.Entry<String, String> next() {
            if (next >= pairs.length) {
              throw new NoSuchElementException();
            }
            next += 2;
            return new SimpleImmutableEntry<>(pairs[next - 2], pairs[next - 1]);
          }
        };
      }
    };
  }

  @Override
  public @Nullable Comparator<? super String> comparator() {
    return null;
  }

  @Override
  public SortedMap<String, String> subMap(String from, String to) {
    return tree().subMap(from, to);
  }

  @Override
  public SortedMap<String, String> headMap(String to) {
    return tree().headMap(to);
  }

  @Override
  public SortedMap<String, String> tailMap(String from) {
    return tree().tailMap(from);
  }

  private SortedMap<String, String> tree() {
    return Collections.unmodifiableSortedMap(new TreeMap<>((Map<String, String>) this));
  }

  @Override
  public String firstKey() {
    return at(0);
  }

  @Override
  public String lastKey() {
    return at(pairs.length - 2);
  }

  private String at(int index) {
    if (pairs.length == 0) {
      throw new NoSuchElementException();
    }
    return pairs[index];
  }
}
