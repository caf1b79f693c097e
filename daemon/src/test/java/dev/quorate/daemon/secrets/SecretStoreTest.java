package dev.quorate.daemon.secrets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.consensus.tls.LiveTls;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  @TempDir Path temporary;

  private SecretStore founded() throws IOException {
    SecretStore store = new SecretStore(temporary.resolve("first"));
    store.found("demo", new NodeId("n1"), "127.0.0.1", NOW);
    return store;
  }

  @Test
  void aTokenWorksOnceAndForADay() throws IOException {
    SecretStore store = founded();
    JoinToken token = JoinToken.parse(store.newToken("n2", "127.0.0.1", 5417, NOW).text());
    assertEquals(Optional.empty(), store.claim("wrong", NOW));
    try (TokenClaim claim = store.claim(token.secret(), NOW).orElseThrow()) {
      assertEquals("n2", claim.node());
      claim.spend();
      assertEquals(Optional.empty(), store.claim(token.secret(), NOW));
    }
    assertEquals(Optional.empty(), store.claim(token.secret(), NOW));
    JoinToken late = store.newToken("n3", "127.0.0.1", 5417, NOW);
    assertEquals(Optional.empty(), store.claim(late.secret(), NOW.plus(Duration.ofHours(25))));
  }

  @Test
  void aTokenIsUsedUpByASuccessOnlyAndByOneAtATime() throws IOException {
    SecretStore store = founded();
    JoinToken token = store.newToken("n2", "127.0.0.1", 5417, NOW);
    try (TokenClaim _ = store.claim(token.secret(), NOW).orElseThrow()) {
      assertEquals(Optional.empty(), store.claim(token.secret(), NOW), "somebody has it");
    }
    try (TokenClaim claim = store.claim(token.secret(), NOW).orElseThrow()) {
      claim.spend();
    }
    assertEquals(
        Optional.empty(),
        new SecretStore(temporary.resolve("first")).claim(token.secret(), NOW),
        "also after a restart");
  }

  @Test
  void aTokenIsNeverTakenForAnOption() throws IOException {
    SecretStore store = founded();
    for (int i = 0; i < 20; i++) {
      String token = store.newToken("n2", "127.0.0.1", 5417, NOW).text();
      assertTrue(token.matches("[A-Za-z].*"), token);
    }
  }

  @Test
  void whatANewcomerIsHandedFits() throws IOException {
    SecretStore first = founded();
    SecretStore second = new SecretStore(temporary.resolve("second"));
    second.accept(first.grant(new NodeId("n2"), "127.0.0.2", "", NOW));
    assertArrayEquals(first.ringKeys().get(1), second.ringKeys().get(1));
    assertEquals("TLSv1.3", new LiveTls(second.certificates().load()).context().getProtocol());
    assertTrue(first.authority());
    assertFalse(second.authority());
  }

  @Test
  void nobodyElseMayRead() throws IOException {
    founded();
    Path directory = temporary.resolve("first");
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve("node.key"))));
  }

  @Test
  @Tag("S4-33")
  void aKeyThatIsWeakOrThatOthersCanReadIsRefused() throws IOException {
    SecretStore store = founded();
    Path key = temporary.resolve("first/ring.key");
    String made = Files.readString(key);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertTrue(
        refusal(store).contains("ring.key can be read by others (rw-r-----): chmod 600 it"),
        () -> refusal(store));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("r--------"));
    assertEquals(1, store.ringKeys().size());

    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    for (String weak : List.of("00".repeat(32), "1234".repeat(16), "0123456789abcdef".repeat(4))) {
      Files.writeString(key, weak);
      assertTrue(refusal(store).contains("ring.key is weak"), () -> weak + ": " + refusal(store));
      assertTrue(refusal(store).contains("openssl rand -hex 32"), () -> refusal(store));
    }
    Files.writeString(key, "1234");
    assertTrue(refusal(store).contains("damaged"), "md5 1234 is no key at all");
    Files.writeString(key, made);
    assertEquals(1, store.ringKeys().size());
  }

  private static String refusal(SecretStore store) {
    return String.valueOf(assertThrows(SecretsException.class, store::ringKeys).getMessage());
  }

  @Test
  void damagedKeysNameTheFileAndTheRemedy() throws IOException {
    SecretStore store = founded();
    Files.writeString(temporary.resolve("first/ring.key"), "abc");
    assertTrue(
        String.valueOf(assertThrows(SecretsException.class, store::ringKeys).getMessage())
            .contains("ring.key is damaged: copy it"));
    Files.writeString(temporary.resolve("first/node.key"), "abc");
    String message =
        String.valueOf(
            assertThrows(SecretsException.class, store.certificates()::load).getMessage());
    assertTrue(message.contains("node.key"), message);
    assertTrue(message.contains("hactl cluster token"), message);
  }

  @Test
  void aDamagedTokenIsNamedSo() {
    assertTrue(
        String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> JoinToken.parse("abc@h:1"))
                    .getMessage())
            .contains("damaged"));
    assertThrows(IllegalArgumentException.class, () -> JoinToken.parse("abc"));
  }

  @Test
  void ringKeysComeAndGo() throws IOException {
    var store = new SecretStore(temporary.resolve("keys"));
    store.found("demo", new NodeId("n1"), "127.0.0.1", NOW);
    var first = store.ringKeys().get(1);
    assertEquals(List.of(1), List.copyOf(store.ringKeys().keySet()));
    var second = store.newRingKey();
    store.addRingKey(2, second);
    store.addRingKey(2, second);
    assertArrayEquals(first, store.ringKeys().get(1));
    assertArrayEquals(second, store.ringKeys().get(2));
    store.retireRingKeys(3);
    assertEquals(2, store.ringKeys().size(), "a generation that is not here ends no other");
    store.retireRingKeys(2);
    assertEquals(List.of(2), List.copyOf(store.ringKeys().keySet()));
    for (var text : List.of("", "0 " + "00".repeat(32), "1 2 " + "00".repeat(32), "x", "1 zz")) {
      Files.writeString(temporary.resolve("keys/ring.key"), text);
      assertThrows(SecretsException.class, store::ringKeys, text);
    }
  }
}
