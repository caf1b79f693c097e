package dev.quorate.resource.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Score;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// How the words of the domain look in JSON: names as text, durations as ISO-8601 text, and each
/// case of a sealed type with its simple name in `type`.
final class DomainModule extends SimpleModule {
  private static final long serialVersionUID = 1L;

  /// Every sealed type of which values are written.
  static final List<Class<?>> SEALED =
      List.of(
          ClusterCommand.class,
          ClusterChange.class,
          ConfigurationChange.class,
          CommandAnswer.class,
          Constraint.class,
          Action.class,
          Election.class,
          Holder.class,
          ResourceDefinition.Form.class);

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  private interface Typed {}

  DomainModule() {
    super("quorate");
    text(NodeId.class, NodeId::new);
    text(ResourceId.class, ResourceId::new);
    text(AgentType.class, AgentType::parse);
    text(Score.class, Score::parse);
    text(Duration.class, DomainModule::duration);
    key(NodeId.class, NodeId::new);
    key(ResourceId.class, ResourceId::new);
    for (Class<?> type : SEALED) {
      setMixInAnnotation(type, Typed.class);
      register(type);
    }
  }

  private void register(Class<?> type) {
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      if (permitted.isSealed()) {
        register(permitted);
      } else {
        registerSubtypes(new NamedType(permitted, permitted.getSimpleName()));
      }
    }
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is not a duration: use PT10S", e);
    }
  }

  private <T> void text(Class<T> type, Function<String, T> parse) {
    addSerializer(type, new AsText<>(type));
    addDeserializer(type, new FromText<>(type, parse));
  }

  private void key(Class<?> type, Function<String, ?> parse) {
    addKeyDeserializer(
        type,
        new KeyDeserializer() {
          @Override
          public Object deserializeKey(String key, DeserializationContext context)
              throws IOException {
            try {
              return parse.apply(key);
            } catch (IllegalArgumentException e) {
              return context.handleWeirdKey(type, key, "%s", e.getMessage());
            }
          }
        });
  }

  private static final class AsText<T> extends StdScalarSerializer<T> {
    private static final long serialVersionUID = 1L;

    private AsText(Class<T> type) {
      super(type);
    }

    @Override
    public void serialize(T value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.toString());
    }

    @Override
    public void serializeWithType(
        T value, JsonGenerator out, SerializerProvider provider, TypeSerializer typed)
        throws IOException {
      serialize(value, out, provider);
    }
  }

  private static final class FromText<T> extends StdScalarDeserializer<T> {
    private static final long serialVersionUID = 1L;

    private final transient Function<String, T> parse;

    private FromText(Class<T> type, Function<String, T> parse) {
      super(type);
      this.parse = parse;
    }

    @Override
    @SuppressWarnings("unchecked")
    public T deserialize(JsonParser in, DeserializationContext context) throws IOException {
      if (!in.currentToken().isScalarValue() || in.currentToken().isNumeric()) {
        return (T) context.handleUnexpectedToken(handledType(), in);
      }
      try {
        return parse.apply(in.getText());
      } catch (IllegalArgumentException e) {
        return (T)
            context.handleWeirdStringValue(handledType(), in.getText(), "%s", e.getMessage());
      }
    }
  }
}
