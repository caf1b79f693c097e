package dev.quorate.simulation.ring;

import java.util.Arrays;

/// What is under way, by time of arrival: a heap in arrays, which makes no objects. Among equal
/// times the one that left first arrives first.
final class Flights {
  private long[] times = new long[64];
  private long[] orders = new long[64];
  private int[] routes = new int[64];
  private long[] numbers = new long[64];
  private Object[] loads = new Object[64];
  private int size;
  private long order;

  /// When the next arrives; `Long.MAX_VALUE` if nothing is under way.
  long next() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  int route() {
    return routes[0];
  }

  long number() {
    return numbers[0];
  }

  Object load() {
    return loads[0];
  }

  void add(long time, int route, long number, Object load) {
    if (size == times.length) {
      var more = 2 * size;
      times = Arrays.copyOf(times, more);
      orders = Arrays.copyOf(orders, more);
      routes = Arrays.copyOf(routes, more);
      numbers = Arrays.copyOf(numbers, more);
      loads = Arrays.copyOf(loads, more);
    }
    var at = size++;
    put(at, time, order++, route, number, load);
    while (at > 0 && isBefore(at, (at - 1) / 2)) {
      swap(at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
  }

  void remove() {
    size--;
    if (size > 0) {
      put(0, times[size], orders[size], routes[size], numbers[size], loads[size]);
    }
    var at = 0;
    while (2 * at + 1 < size) {
      var child = 2 * at + 1;
      if (child + 1 < size && isBefore(child + 1, child)) {
        child++;
      }
      if (!isBefore(child, at)) {
        break;
      }
      swap(at, child);
      at = child;
    }
  }

  private void put(int at, long time, long rank, int route, long number, Object load) {
    times[at] = time;
    orders[at] = rank;
    routes[at] = route;
    numbers[at] = number;
    loads[at] = load;
  }

  private boolean isBefore(int a, int b) {
    return times[a] < times[b] || (times[a] == times[b] && orders[a] < orders[b]);
  }

  private void swap(int a, int b) {
    var time = times[a];
    var rank = orders[a];
    var route = routes[a];
    var number = numbers[a];
    var load = loads[a];
    put(a, times[b], orders[b], routes[b], numbers[b], loads[b]);
    put(b, time, rank, route, number, load);
  }
}
