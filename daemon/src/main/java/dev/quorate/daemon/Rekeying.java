package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quorate.daemon.cli.ExitCode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.daemon.config.DaemonConfig;
import dev.quorate.daemon.secrets.SecretStore;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/// The exchange of the ring's key: first every node gets the new one beside the old, then every
/// node forgets the old one. In between each pair of nodes uses the newest that both have, so that
/// the ring goes on. An exchange that was broken off is finished by the next.
final class Rekeying {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final SecretStore secrets;
  private final Supplier<DaemonConfig> config;
  private final Supplier<Optional<Node>> node;
  private final Supplier<SSLContext> tls;

  Rekeying(
      SecretStore secrets,
      Supplier<DaemonConfig> config,
      Supplier<Optional<Node>> node,
      Supplier<SSLContext> tls) {
    this.secrets = secrets;
    this.config = config;
    this.node = node;
    this.tls = tls;
  }

  /// Exchanges the key on all nodes, this one among them.
  synchronized List<String> rekey(List<NodeId> nodes) {
    if (!secrets.authority()) {
      throw HactlError.failed(
          "only the node where the cluster was set up gives out keys", "type this there");
    }
    SortedMap<Integer, byte[]> keys = secrets.ringKeys();
    boolean begun = keys.size() > 1;
    int generation = begun ? keys.lastKey() : keys.lastKey() + 1;
    byte[] key = begun ? Objects.requireNonNull(keys.get(generation)) : secrets.newRingKey();
    add(generation, key);
    ObjectNode body = ClusterJson.mapper().createObjectNode();
    body.put("generation", generation);
    tell(
        nodes,
        body.deepCopy().put("key", HexFormat.of().formatHex(key)),
        "the old key stays in use beside the new one; when all nodes are up, type 'hactl ring rekey'"
            + " again");
    tell(
        nodes,
        body.put("retire", true),
        "these still accept the old key; type 'hactl ring rekey' again");
    retire(generation);
    return List.of("The ring uses key generation " + generation + "; the old one opens nothing.");
  }

  private void tell(List<NodeId> nodes, ObjectNode body, String remedy) {
    List<String> failed = new ArrayList<>();
    DaemonConfig now = config.get();
    var identity = now.identity().orElseThrow();
    for (NodeId peer : nodes) {
      String address = identity.everyone().get(peer);
      if (peer.equals(identity.node())) {
        continue;
      }
      try {
        if (address == null) {
          throw HactlError.failed("its address is not known", "");
        }
        MemberClient.post(
            tls.get(), address, now.ports().admin(), "/v1/ring-key", body.toString(), PATIENCE);
      } catch (HactlError e) {
        failed.add(peer + ": " + e.message());
      }
    }
    if (!failed.isEmpty()) {
      throw new HactlError(
          ExitCode.PARTLY, "HA-CLI-008", "not on all nodes: " + String.join("; ", failed), remedy);
    }
  }

  /// A member asks this node to take a key, or to forget the ones before it.
  void requested(String text) {
    try {
      JsonNode body = ClusterJson.mapper().readTree(text);
      int generation = body.path("generation").asInt();
      if (body.path("retire").asBoolean()) {
        retire(generation);
        return;
      }
      add(generation, HexFormat.of().parseHex(body.path("key").asText()));
    } catch (IOException | IllegalArgumentException _) {
      throw HactlError.failed(
          "this is not a key for the ring", "do both nodes run the same version?");
    }
  }

  private void add(int generation, byte[] key) {
    secrets.addRingKey(generation, key);
    node.get().ifPresent(n -> n.ring().rekey(secrets));
  }

  private void retire(int generation) {
    secrets.retireRingKeys(generation);
    node.get().ifPresent(n -> n.ring().rekey(secrets));
  }
}
