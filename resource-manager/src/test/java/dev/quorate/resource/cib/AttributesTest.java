package dev.quorate.resource.cib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

@SuppressWarnings("JdkObsolete") // sorted maps are what documents have
class AttributesTest {
  @Test
  void isTheSameAsTree() {
    SortedMap<String, String> tree = new TreeMap<>();
    tree.put("c", "3");
    tree.put("a", "1");
    tree.put("b", "2");
    SortedMap<String, String> attributes = Attributes.of(List.of("c", "3", "a", "1", "b", "2"));
    assertEquals(tree, attributes);
    assertEquals(attributes, tree);
    assertEquals(tree.hashCode(), attributes.hashCode());
    assertEquals(tree.toString(), attributes.toString());
    assertEquals(attributes, Attributes.copyOf(tree));
    assertEquals(tree.subMap("a", "c"), attributes.subMap("a", "c"));
    assertEquals(tree.headMap("b"), attributes.headMap("b"));
    assertEquals(tree.tailMap("b"), attributes.tailMap("b"));
    assertEquals("a", attributes.firstKey());
    assertEquals("c", attributes.lastKey());
    assertTrue(attributes.containsKey("b"));
    assertFalse(attributes.containsKey("d"));
    assertNull(attributes.get("d"));
    assertEquals("2", attributes.getOrDefault("b", ""));
  }

  @Test
  void neverChanges() {
    SortedMap<String, String> attributes = Attributes.of(List.of("a", "1"));
    assertSame(attributes, Attributes.copyOf(attributes));
    assertThrows(UnsupportedOperationException.class, () -> attributes.put("b", "2"));
    assertThrows(UnsupportedOperationException.class, () -> attributes.remove("a"));
    assertThrows(UnsupportedOperationException.class, attributes::clear);
  }

  @Test
  void mayBeEmpty() {
    SortedMap<String, String> none = Attributes.copyOf(new TreeMap<>());
    assertTrue(none.isEmpty());
    assertThrows(NoSuchElementException.class, none::firstKey);
    assertThrows(NoSuchElementException.class, none.entrySet().iterator()::next);
  }
}
