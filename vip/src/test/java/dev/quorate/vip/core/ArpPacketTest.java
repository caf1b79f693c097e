package dev.quorate.vip.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quorate.vip.Ipv4Address;
import dev.quorate.vip.MacAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ArpPacketTest {
  private static final MacAddress MAC = new MacAddress(0x0242_ac11_0002L);
  private static final MacAddress OTHER = new MacAddress(0x0242_ac11_0003L);
  private static final Ipv4Address IP = Ipv4Address.parse("172.17.0.200");

  @Test
  void encodesWhatEthernetExpects() {
    assertEquals(
        "ffffffffffff0242ac1100020806"
            + "0001080006040001"
            + "0242ac110002ac1100c8"
            + "000000000000ac1100c8",
        HexFormat.of().formatHex(ArpPacket.gratuitousRequest(MAC, IP).encode().array()));
    assertEquals(
        "ffffffffffff0242ac1100020806"
            + "0001080006040002"
            + "0242ac110002ac1100c8"
            + "ffffffffffffac1100c8",
        HexFormat.of().formatHex(ArpPacket.gratuitousReply(MAC, IP).encode().array()));
  }

  @Test
  void readsWhatItWrote() {
    var probe = ArpPacket.probe(MAC, IP);
    assertEquals(Optional.of(probe), ArpPacket.decode(probe.encode()));
    var reply = ArpPacket.gratuitousReply(MAC, IP);
    assertEquals(Optional.of(reply), ArpPacket.decode(reply.encode()));
  }

  @Test
  void readsNothingElse() {
    var random = new SplittableRandom(7);
    byte[] good = ArpPacket.probe(MAC, IP).encode().array();
    for (int length = 0; length < ArpPacket.LENGTH; length++) {
      assertTrue(ArpPacket.decode(ByteBuffer.wrap(good, 0, length)).isEmpty());
    }
    for (int i = 12; i < 22; i++) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) (4 + random.nextInt(100) * 2);
      assertTrue(ArpPacket.decode(ByteBuffer.wrap(bad)).isEmpty(), "byte " + i);
    }
  }

  @Test
  void whoeverClaimsTheAddressHoldsIt() {
    assertEquals(
        Optional.of(OTHER),
        AddressConflictPolicy.otherHolder(ArpPacket.gratuitousRequest(OTHER, IP), IP, MAC));
    assertTrue(AddressConflictPolicy.otherHolder(ArpPacket.probe(OTHER, IP), IP, MAC).isEmpty());
    assertTrue(
        AddressConflictPolicy.otherHolder(ArpPacket.gratuitousReply(MAC, IP), IP, MAC).isEmpty());
    assertTrue(AddressConflictPolicy.END.toMillis() <= 200);
  }

  @Test
  void macsAndAddressesPrintAsUsual() {
    assertEquals("02:42:ac:11:00:02", MAC.toString());
    assertEquals("172.17.0.200", IP.toString());
    assertEquals("172.17.255.255", IP.broadcast(16).toString());
    assertEquals(20, Ipv4Address.parse("255.255.240.0").prefixLength());
  }
}
