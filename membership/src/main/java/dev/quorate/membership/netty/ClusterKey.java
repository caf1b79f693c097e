package dev.quorate.membership.netty;

import java.util.Arrays;

/// The secret that all nodes of a cluster share. Never prints.
public final class ClusterKey {
  /// The least length, in bytes.
  public static final int MIN_LENGTH = 32;

  private final byte[] bytes;

  private ClusterKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /// Copies the secret.
  ///
  /// @throws IllegalArgumentException if it is shorter than [#MIN_LENGTH]
  public static ClusterKey of(byte[] secret) {
    if (secret.length < MIN_LENGTH) {
      throw new IllegalArgumentException(
          "the cluster key must have at least " + MIN_LENGTH + " bytes, not " + secret.length);
    }
    return new ClusterKey(Arrays.copyOf(secret, secret.length));
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return "ClusterKey[hidden]";
  }
}
