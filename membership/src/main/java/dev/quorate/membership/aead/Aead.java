package dev.quorate.membership.aead;

import java.nio.ByteBuffer;

/// ChaCha20-Poly1305 (RFC 8439) with keys of 32 bytes. Whoever computes it, the bytes are the same.
///
/// Confined to one thread. A pair of key and number must be used once; buffers have arrays.
public interface Aead {
  /// What sealing adds, in bytes.
  int TAG = 16;

  /// The fastest that works here.
  static Aead best() {
    return LibCrypto.find().<Aead>map(library -> library).orElseGet(JavaAead::new);
  }

  /// Encrypts what remains of a buffer and appends it and its tag to another.
  ///
  /// @param number of the message under this key
  /// @param clear what is authenticated besides and stays as it is; what remains of it is not taken
  void seal(byte[] key, long number, ByteBuffer clear, ByteBuffer in, ByteBuffer out);

  /// Decrypts what remains of a buffer and appends it to another.
  ///
  /// @return whether it was sealed with this key, number and clear part; if not, what `out` holds
  ///   means nothing
  boolean open(byte[] key, long number, ByteBuffer clear, ByteBuffer in, ByteBuffer out);

  /// Who computes, for the journal.
  String name();
}
