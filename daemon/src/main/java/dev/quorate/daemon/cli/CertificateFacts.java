package dev.quorate.daemon.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.membership.NodeId;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The certificate that a node uses, as the node itself says.
///
/// @param serial its number
/// @param issuer the authority that issued it, by the beginning of its fingerprint
/// @param trusted the authorities that the node trusts, the one that issues first
/// @param holder whether the node holds the authority's key
/// @param problem why nothing is known of it; empty text if something is
public record CertificateFacts(
    NodeId node,
    String serial,
    Instant from,
    Instant until,
    String issuer,
    List<String> trusted,
    boolean holder,
    String problem) {
  /// Copies the list.
  public CertificateFacts {
    trusted = List.copyOf(trusted);
  }

  /// A node that cannot be asked.
  public static CertificateFacts unknown(NodeId node, String why) {
    return new CertificateFacts(node, "", Instant.EPOCH, Instant.EPOCH, "", List.of(), false, why);
  }

  /// What another node has written with [#json()].
  ///
  /// @throws IllegalArgumentException if it is something else
  public static CertificateFacts read(JsonNode json) {
    try {
      return new CertificateFacts(
          new NodeId(json.path("node").asText()),
          json.path("serial").asText(),
          Instant.parse(json.path("from").asText()),
          Instant.parse(json.path("until").asText()),
          json.path("issuer").asText(),
          json.path("trusted").valueStream().map(JsonNode::asText).toList(),
          json.path("holder").asBoolean(),
          "");
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("not a moment", e);
    }
  }

  /// As JSON.
  public String json() {
    return JsonText.object(map());
  }

  Map<String, Object> map() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("node", node.name());
    json.put("serial", serial);
    json.put("from", from.toString());
    json.put("until", until.toString());
    json.put("issuer", issuer);
    json.put("trusted", trusted);
    json.put("holder", holder);
    json.put("problem", problem);
    return json;
  }

  /// What is missing before only this authority need be trusted; empty if nothing is.
  public Optional<String> behind(String authority) {
    if (!problem.isEmpty()) {
      return Optional.of(problem);
    }
    return issuer.equals(authority) && trusted.contains(authority)
        ? Optional.empty()
        : Optional.of("its certificate is still one of authority " + issuer);
  }
}
