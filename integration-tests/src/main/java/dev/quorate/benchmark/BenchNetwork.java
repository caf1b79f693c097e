package dev.quorate.benchmark;

import java.io.IOException;
import java.util.List;

/// Three machines that are network namespaces on a bridge; needs root.
final class BenchNetwork implements AutoCloseable {
  static final int SIZE = 3;
  private static final String PREFIX = "qrbench";
  private static final String NETWORK = "10.213.78.";
  private static final String BRIDGE = PREFIX + "-br";

  BenchNetwork() throws IOException {
    close();
    must("ip", "link", "add", BRIDGE, "type", "bridge", "forward_delay", "0");
    must("ip", "link", "set", BRIDGE, "up");
    for (int i = 1; i <= SIZE; i++) {
      var name = PREFIX + i;
      must("ip", "netns", "add", name);
      must("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
      must("ip", "link", "set", name, "master", BRIDGE);
      must("ip", "-n", name, "link", "set", "lo", "up");
      must("ip", "-n", name, "link", "set", "eth0", "up");
      must("ip", "-n", name, "addr", "add", address(i) + "/24", "dev", "eth0");
      must("ip", "link", "set", name, "up");
    }
  }

  /// Whether it can be made here.
  static boolean isPossible() {
    return "root".equals(System.getProperty("user.name"));
  }

  /// The address of a node, counted from 1.
  static String address(int node) {
    return NETWORK + node;
  }

  /// The words that lead into a node.
  static List<String> inside(int node) {
    return List.of("ip", "netns", "exec", PREFIX + node);
  }

  private static void must(String... words) throws IOException {
    var done = run(words);
    if (done != 0) {
      throw new IOException("'" + String.join(" ", words) + "' failed with " + done);
    }
  }

  private static int run(String... words) throws IOException {
    try {
      return new ProcessBuilder(words)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    for (int i = 1; i <= SIZE; i++) {
      run("ip", "netns", "del", PREFIX + i);
      run("ip", "link", "del", PREFIX + i);
    }
    run("ip", "link", "del", BRIDGE);
  }
}
