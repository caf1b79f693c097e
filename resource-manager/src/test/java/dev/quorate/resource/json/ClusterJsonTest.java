package dev.quorate.resource.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.membership.NodeId;
import dev.quorate.resource.ClusterCommand;
import dev.quorate.resource.ClusterCommand.ConfirmFencing;
import dev.quorate.resource.ClusterConfiguration;
import dev.quorate.resource.ClusterState;
import dev.quorate.resource.CommandAnswer;
import dev.quorate.resource.CommandEnvelope;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterJsonTest {
  static List<Class<?>> sealedTypes() {
    return DomainModule.SEALED;
  }

  @ParameterizedTest
  @MethodSource("sealedTypes")
  void everyCaseOfEverySealedTypeComesBack(Class<?> type) throws Exception {
    for (Object sample : Samples.of(type)) {
      byte[] json = ClusterJson.mapper().writerFor(type).writeValueAsBytes(sample);
      assertEquals(sample, ClusterJson.mapper().readerFor(type).readValue(json));
    }
  }

  @Test
  void everyCommandComesBackInItsEnvelope() throws Exception {
    for (Object sample : Samples.of(ClusterCommand.class)) {
      CommandEnvelope envelope = CommandEnvelope.of(17, (ClusterCommand) sample);
      byte[] json = ClusterJson.encode(envelope);
      CommandEnvelope back = ClusterJson.decodeCommand(json);
      assertEquals(envelope, back);
      assertEquals(new String(json, UTF_8), new String(ClusterJson.encode(back), UTF_8));
    }
  }

  @Test
  void statesConfigurationsAndAnswersComeBack() throws Exception {
    for (Object sample : Samples.of(ClusterState.class)) {
      ClusterState state = atKnownLevel((ClusterState) sample);
      assertEquals(state, ClusterJson.decodeState(ClusterJson.encode(state)));
    }
    for (Object sample : Samples.of(ClusterConfiguration.class)) {
      ClusterConfiguration configuration = (ClusterConfiguration) sample;
      assertEquals(
          configuration, ClusterJson.decodeConfiguration(ClusterJson.encode(configuration)));
    }
    for (Object sample : Samples.of(CommandAnswer.class)) {
      CommandAnswer answer = (CommandAnswer) sample;
      assertEquals(answer, ClusterJson.decodeAnswer(ClusterJson.encode(answer)));
    }
  }

  private static ClusterState atKnownLevel(ClusterState s) {
    return s.edit().featureLevel(ClusterState.FEATURE_LEVEL).build();
  }

  @Test
  void theFormIsFixed() {
    byte[] json =
        ClusterJson.encode(CommandEnvelope.of(17, new ConfirmFencing(new NodeId("n1"), "alice")));
    assertEquals(
        "{\"format\":1,\"wallMillis\":17,\"command\":"
            + "{\"type\":\"ConfirmFencing\",\"target\":\"n1\",\"client\":\"alice\"}}",
        new String(json, UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}",
        "{'format':2,'wallMillis':1,"
            + "'command':{'type':'ConfirmFencing','target':'n1','client':'a'}}",
        "{'format':1,'wallMillis':1,'command':{'type':'Abdicate','target':'n1','client':'a'}}",
        "{'format':1,'wallMillis':1,'command':{'target':'n1','client':'a'}}",
        "{'format':1,'wallMillis':1,'command':{'type':'ConfirmFencing','target':'n1'}}",
        "{'format':1,'wallMillis':1,"
            + "'command':{'type':'ConfirmFencing','target':'n1','client':'a','x':1}}",
        "{'format':1,'wallMillis':1,"
            + "'command':{'type':'ConfirmFencing','target':'no/node','client':'a'}}",
        "{'format':1,'wallMillis':1,"
            + "'command':{'type':'ConfirmFencing','target':null,'client':'a'}}",
        "{'format':1,'wallMillis':1,"
            + "'command':{'type':'ConfirmFencing','target':5,'client':'a'}}",
        "{'format':1,'format':1,'wallMillis':1,"
            + "'command':{'type':'ConfirmFencing','target':'n1','client':'a'}}",
        "{'format':1,'wallMillis':1,"
            + "'command':{'type':'ConfirmFencing','target':'n1','client':'a'}} x"
      })
  void whatIsNotUnderstoodStopsTheReader(String json) {
    byte[] bytes = json.replace('\'', '"').getBytes(UTF_8);
    var e = assertThrows(UnknownCommandException.class, () -> ClusterJson.decodeCommand(bytes));
    assertTrue(e.getMessage() != null && !e.getMessage().isEmpty());
  }

  @Test
  void aStateOfANewerLevelIsNotRead() {
    ClusterState state = ClusterState.initial("test");
    String newer =
        new String(ClusterJson.encode(state), UTF_8)
            .replace("\"featureLevel\":1", "\"featureLevel\":2");
    var e =
        assertThrows(
            UnknownCommandException.class, () -> ClusterJson.decodeState(newer.getBytes(UTF_8)));
    assertTrue(String.valueOf(e.getMessage()).contains("upgrade"));
  }
}
