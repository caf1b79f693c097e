package dev.quorate.resource.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.quorate.membership.NodeId;
import dev.quorate.resource.Action;
import dev.quorate.resource.AgentType;
import dev.quorate.resource.ClusterChange;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.ConfigurationChange;
import dev.quorate.resource.Constraint;
import dev.quorate.resource.ConstraintElement;
import dev.quorate.resource.Election;
import dev.quorate.resource.Holder;
import dev.quorate.resource.ResourceDefinition;
import dev.quorate.resource.ResourceId;
import dev.quorate.resource.Rule;
import dev.quorate.resource.Score;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
          ResourceDefinition.Form.class,
          ConstraintElement.class,
          Rule.Condition.class);

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  private interface Typed {}

  /// Some conditions have a `type` of their own.
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "condition")
  private interface Condition {}

  DomainModule() {
    super("quorate");
    text(NodeId.class, NodeId::new);
    text(ResourceId.class, ResourceId::new);
    text(AgentType.class, AgentType::parse);
    text(Score.class, Score::parse);
    text(Duration.class, DomainModule::duration);
    text(Instant.class, DomainModule::instant);
    addSerializer(new FromOptional());
    addDeserializer(Optional.class, new ToOptional());
    key(NodeId.class, NodeId::new);
    key(ResourceId.class, ResourceId::new);
    for (Class<?> type : SEALED) {
      setMixInAnnotation(type, type == Rule.Condition.class ? Condition.class : Typed.class);
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

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("'" + text + "' is not a moment", e);
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

  /// What is there, or `null`.
  private static final class FromOptional extends StdSerializer<Optional<?>> {
    private static final long serialVersionUID = 1L;

    private FromOptional() {
      super(Optional.class, false);
    }

    @Override
    public void serialize(Optional<?> value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      if (value.isPresent()) {
        provider.defaultSerializeValue(value.get(), out);
      } else {
        out.writeNull();
      }
    }
  }

  private static final class ToOptional extends StdDeserializer<Optional<?>>
      implements ContextualDeserializer {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable JsonDeserializer<Object> content;

    private ToOptional() {
      this(null);
    }

    private ToOptional(@Nullable JsonDeserializer<Object> content) {
      super(Optional.class);
      this.content = content;
    }

    @Override
    public JsonDeserializer<?> createContextual(
        DeserializationContext context, @Nullable BeanProperty property)
        throws JsonMappingException {
      return new ToOptional(
          context.findContextualValueDeserializer(
              context.getContextualType().containedTypeOrUnknown(0), property));
    }

    @Override
    public Optional<?> deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      JsonDeserializer<Object> known = content;
      if (known == null) {
        throw new IllegalStateException("of what is not known");
      }
      return Optional.of(known.deserialize(in, context));
    }

    @Override
    public Optional<?> getNullValue(DeserializationContext context) {
      return Optional.empty();
    }
  }
}
