package dev.quorate.benchmark;

import java.util.function.Consumer;

/// A node of something that orders messages.
interface Voice {
  /// Says something; false if it cannot be taken now.
  boolean say(byte[] payload);

  /// How many messages were delivered here.
  long delivered();

  /// Hears what is delivered here, on a thread that must not wait.
  void hear(Consumer<byte[]> ear);
}
