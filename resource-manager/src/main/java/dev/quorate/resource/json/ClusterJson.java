package dev.quorate.resource.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.CommandEnvelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/// Commands, states, answers and configurations as JSON and back, strictly: whatever is not
/// understood completely is an [UnknownCommandException]. Equal values give equal texts on every
/// node. Thread-safe.
public final class ClusterJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addModule(new DomainModule())
          .enable(
              DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();

  private ClusterJson() {}

  /// The mapper that knows the words of the domain, for other texts that contain them. It is
  /// shared: copy it before changing it.
  public static JsonMapper mapper() {
    return MAPPER;
  }

  /// A command for the log.
  public static byte[] encode(CommandEnvelope envelope) {
    return write(CommandEnvelope.class, envelope);
  }

  /// A command from the log.
  ///
  /// @throws UnknownCommandException if this version does not understand all of it
  public static CommandEnvelope decodeCommand(byte[] json) {
    requireLevel(json, "format", CommandEnvelope.FORMAT);
    return read(CommandEnvelope.class, json);
  }

  /// A state for a snapshot.
  public static byte[] encode(ClusterState state) {
    return write(ClusterState.class, state);
  }

  /// A state from a snapshot.
  ///
  /// @throws UnknownCommandException if this version does not understand all of it
  public static ClusterState decodeState(byte[] json) {
    requireLevel(json, "featureLevel", ClusterState.FEATURE_LEVEL);
    return read(ClusterState.class, json);
  }

  /// An answer for a proposer.
  public static String encode(CommandAnswer answer) {
    return new String(write(CommandAnswer.class, answer), StandardCharsets.UTF_8);
  }

  /// An answer from the state machine.
  ///
  /// @throws UnknownCommandException if this version does not understand all of it
  public static CommandAnswer decodeAnswer(String json) {
    return read(CommandAnswer.class, json.getBytes(StandardCharsets.UTF_8));
  }

  /// A configuration.
  public static byte[] encode(ClusterConfiguration configuration) {
    return write(ClusterConfiguration.class, configuration);
  }

  /// A configuration.
  ///
  /// @throws UnknownCommandException if this version does not understand all of it
  public static ClusterConfiguration decodeConfiguration(byte[] json) {
    return read(ClusterConfiguration.class, json);
  }

  /// A change, for the history.
  public static String encode(ClusterChange change) {
    return new String(write(ClusterChange.class, change), StandardCharsets.UTF_8);
  }

  private static void requireLevel(byte[] json, String property, int known) {
    JsonNode level;
    try {
      level = MAPPER.readTree(json).path(property);
    } catch (IOException e) {
      throw unknown(e);
    }
    if (!level.isInt() || level.intValue() < 1 || level.intValue() > known) {
      throw new UnknownCommandException(
          "'%s' is %s, and this version understands 1 to %d: upgrade the node"
              .formatted(property, level.isMissingNode() ? "missing" : level, known));
    }
  }

  private static <T> byte[] write(Class<T> type, T value) {
    try {
      return MAPPER.writerFor(type).writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + type.getSimpleName(), e);
    }
  }

  private static <T> T read(Class<T> type, byte[] json) {
    try {
      return MAPPER.readerFor(type).readValue(json);
    } catch (IOException e) {
      throw unknown(e);
    }
  }

  private static UnknownCommandException unknown(IOException cause) {
    String message =
        cause instanceof JsonProcessingException json ? json.getOriginalMessage() : "not readable";
    return new UnknownCommandException("not understood: " + message, cause);
  }
}
