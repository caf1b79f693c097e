package dev.quorate.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.ConfigFile;
import dev.quorate.daemon.secrets.SecretStore;
import dev.quorate.membership.NodeId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RekeyingTest {
  private static final String KEY = "0123456789abcdeffedcba9876543210".repeat(2);

  @TempDir Path directory;

  private SecretStore founded() throws IOException {
    var store = new SecretStore(directory.resolve("secrets"));
    store.found("demo", new NodeId("n1"), "127.0.0.1", Instant.parse("2026-11-20T12:00:00Z"));
    return store;
  }

  private Rekeying rekeying(SecretStore store) {
    var text = "cluster = demo\nnode = n1\naddress = 127.0.0.1\n";
    var config = ConfigFile.parse(directory.resolve("quorate.conf"), text);
    return new Rekeying(
        store, () -> config, Optional::empty, () -> new NodeCertificates(store).tls().context());
  }

  @Test
  void aMemberHandsOutAKeyAndHasTheOldOneForgotten() throws IOException {
    var store = founded();
    var rekeying = rekeying(store);
    rekeying.requested("{\"generation\":2,\"key\":\"" + KEY + "\"}");
    assertEquals(List.of(1, 2), List.copyOf(store.ringKeys().keySet()));
    rekeying.requested("{\"generation\":2,\"retire\":true}");
    assertEquals(List.of(2), List.copyOf(store.ringKeys().keySet()));
  }

  @Test
  void whatIsNoKeyIsRefusedAndChangesNothing() throws IOException {
    var store = founded();
    var rekeying = rekeying(store);
    for (var body :
        List.of(
            "",
            "{",
            "{}",
            "{\"generation\":2}",
            "{\"generation\":2,\"key\":\"ab\"}",
            "{\"generation\":1,\"key\":\"" + KEY + "\"}",
            "{\"generation\":2,\"key\":\"" + KEY + "ab\"}",
            "{\"generation\":2,\"key\":\"" + "ab".repeat(32) + "\"}",
            "{\"generation\":0,\"key\":\"" + KEY + "\"}",
            "{\"generation\":2,\"key\":\"" + KEY.replace('a', 'x') + "\"}")) {
      assertThrows(HactlError.class, () -> rekeying.requested(body), body);
    }
    assertEquals(List.of(1), List.copyOf(store.ringKeys().keySet()));
  }

  @Test
  void anExchangeThatWasBrokenOffIsFinished() throws IOException {
    var store = founded();
    var rekeying = rekeying(store);
    rekeying.requested("{\"generation\":2,\"key\":\"" + KEY + "\"}");
    var third = "{\"generation\":3,\"key\":\"" + KEY + "\"}";
    assertThrows(HactlError.class, () -> rekeying.requested(third));
    rekeying.rekey(List.of(new NodeId("n1")));
    assertEquals(List.of(2), List.copyOf(store.ringKeys().keySet()));
    rekeying.rekey(List.of(new NodeId("n1")));
    assertEquals(List.of(3), List.copyOf(store.ringKeys().keySet()));
  }
}
