package dev.quorate.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quorate.daemon.cli.HactlError;
import dev.quorate.resource.json.ClusterJson;
import java.io.IOException;
import java.util.function.Function;

/// What another node answered, as JSON.
final class MemberAnswer {
  private MemberAnswer() {}

  /// Reads it.
  ///
  /// @param reader throws an [IllegalArgumentException] at what it does not know
  /// @throws HactlError if it is not what was asked for
  static <T> T read(String answer, Function<JsonNode, T> reader) {
    try {
      return reader.apply(ClusterJson.mapper().readTree(answer));
    } catch (IOException | IllegalArgumentException e) {
      throw HactlError.failed(
          "the node answered something that is not understood (" + e.getMessage() + ")",
          "do both nodes run the same version?");
    }
  }
}
