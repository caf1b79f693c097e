package dev.quorate.daemon.pair;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quorate.daemon.core.survivor.SurvivorRecord;
import dev.quorate.daemon.core.survivor.SurvivorRecord.Standing;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/// What a node of a pair says of itself to the other: what is on its disk, and which boot it is.
///
/// @param node who says it
/// @param anew whether the other, if it is a learner of this epoch, shall wait for the next one
public record Hello(NodeId node, SurvivorRecord survivor, String boot, boolean anew) {
  private static final int LONGEST_BOOT = 128;

  /// The hello as JSON.
  public String toJson() {
    ObjectNode json = ClusterJson.mapper().createObjectNode();
    json.put("node", node.name());
    json.put("epoch", survivor.epoch());
    json.put("standing", survivor.standing().name());
    json.put("boot", boot);
    json.put("anew", anew);
    return json.toString();
  }

  /// Reads what [#toJson] wrote; empty if it is something else.
  public static Optional<Hello> parse(String text) {
    JsonNode json;
    try {
      json = ClusterJson.mapper().readTree(text);
    } catch (IOException _) {
      return Optional.empty();
    }
    long epoch = json.path("epoch").asLong(0);
    String node = json.path("node").asText();
    String boot = json.path("boot").asText();
    Optional<Standing> standing =
        Arrays.stream(Standing.values())
            .filter(s -> s.name().equals(json.path("standing").asText()))
            .findFirst();
    if (epoch < 1 || node.isBlank() || boot.isBlank() || boot.length() > LONGEST_BOOT) {
      return Optional.empty();
    }
    boolean anew = json.path("anew").asBoolean(false);
    return standing.map(s -> new Hello(new NodeId(node), new SurvivorRecord(epoch, s), boot, anew));
  }
}
