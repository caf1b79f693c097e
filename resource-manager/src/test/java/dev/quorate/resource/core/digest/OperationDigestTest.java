package dev.quorate.resource.core.digest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class OperationDigestTest {
  private static final String OF_NOTHING = "f2317cad3d54cec5d7d7aa7d0bf35cf8";
  private static final SortedMap<String, String> NONE = new TreeMap<>();

  @Test
  void knownDigestsAreReproduced() {
    assertEquals(OF_NOTHING, OperationDigest.of(NONE));
    assertEquals(
        "4811cef7f7f94e3a35a70be7916cb2fd", OperationDigest.of(NONE, OptionalLong.of(20_000)));
    assertEquals(
        "4811cef7f7f94e3a35a70be7916cb2fd", OperationDigest.of(of("CRM_meta_timeout", "20000")));
  }

  /// Digests of a fence device as a cluster wrote them.
  @Test
  void aSecureDigestLeavesOutSecretsAndWhatIsForTheFencerItself() {
    SortedMap<String, String> device =
        of(
            "action", "reboot",
            "ipaddr", "172.16.0.1",
            "ipport", "6230",
            "lanplus", "true",
            "login", "admin",
            "passwd", "password",
            "pcmk_host_list", "controller-1",
            "privlvl", "administrator");
    SortedMap<String, String> blanked = new TreeMap<>(device);
    blanked.put("passwd", "****");
    assertNotEquals(OperationDigest.of(device), OperationDigest.of(blanked));
    assertEquals(secure(device, "3.0.12"), secure(blanked, "3.0.12"));
    SortedMap<String, String> rest = new TreeMap<>(device);
    rest.keySet().removeAll(List.of("passwd", "pcmk_host_list"));
    assertEquals(OperationDigest.of(rest), secure(device, "3.13.3"));
    assertEquals(OperationDigest.of(rest, OptionalLong.of(60_000)), secure(device, "3.15.0"));
    assertEquals(OperationDigest.of(rest, OptionalLong.of(60_000)), secure(device, "10"));
  }

  private static String secure(SortedMap<String, String> device, String featureSet) {
    return OperationDigest.secure(
        device, "  password passwd  ", true, OptionalLong.of(60_000), featureSet);
  }

  @Test
  void onlyAFenceDeviceHasParametersForTheFencer() {
    SortedMap<String, String> parameters = of("pcmk_host_list", "a");
    assertEquals(
        OperationDigest.of(parameters),
        OperationDigest.secure(parameters, "passwd", false, OptionalLong.empty(), "3.19.7"));
  }

  @Test
  void aRestartDigestIsOverTheListedOnly() {
    SortedMap<String, String> parameters = of("fake", "x", "state", "y", "statement", "z");
    assertEquals(
        OperationDigest.of(of("state", "y")),
        OperationDigest.restart(parameters, "  state  op_sleep "));
    assertEquals(OF_NOTHING, OperationDigest.restart(parameters, ""));
    assertEquals(OF_NOTHING, OperationDigest.restart(of("CRM_meta_timeout", "1"), " "));
  }

  @Test
  void howAnOperationIsDoneDoesNotCountButForTheTimeout() {
    assertEquals(
        OF_NOTHING, OperationDigest.of(of("CRM_meta_interval", "10", "CRM_meta_name", "start")));
  }

  @Test
  void valuesAreEscaped() throws Exception {
    assertEquals(
        md5(
            " <parameters A=\"\" a=\"&lt;&amp;&gt;&quot;'\" b=\"&#x0A;&#x09;&#x0D;&#x7F;\""
                + " c=\"\u00e9\u20ac\"/>\n"),
        OperationDigest.of(of("a", "<&>\"'", "b", "\n\t\r\u007f", "c", "\u00e9\u20ac", "A", "")));
  }

  private static String md5(String text) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static SortedMap<String, String> of(String... namesAndValues) {
    SortedMap<String, String> map = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }
}
