package dev.quorate.resource.core.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A stable merge sort that does not insist on the comparison being consistent: some of the orders
/// here are only nearly total, as they must be to decide as they do.
final class Sorting {
  private Sorting() {}

  static <T> void stable(List<T> list, Comparator<? super T> order) {
    if (list.size() < 2) {
      return;
    }
    int middle = list.size() / 2;
    List<T> left = new ArrayList<>(list.subList(0, middle));
    List<T> right = new ArrayList<>(list.subList(middle, list.size()));
    stable(left, order);
    stable(right, order);
    int i = 0;
    int j = 0;
    for (int k = 0; k < list.size(); k++) {
      boolean takeLeft =
          j >= right.size() || (i < left.size() && order.compare(left.get(i), right.get(j)) <= 0);
      list.set(k, takeLeft ? left.get(i++) : right.get(j++));
    }
  }
}
