package dev.quorate.membership.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostAddressesTest {
  private static final Duration EVER = Duration.ofSeconds(10);
  private static final InetAddress HERE = InetAddress.getLoopbackAddress();

  @Test
  void anAddressNeedsNobodyToBeAsked() throws Exception {
    HostAddresses hosts =
        new HostAddresses(
            host -> {
              throw new AssertionError(host);
            },
            EVER);
    assertEquals(Optional.of(HERE), hosts.within("127.0.0.1", Duration.ZERO));
  }

  @Test
  void whatWasFoundStaysWhenItIsNotFoundAnyMore() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HostAddresses hosts =
        new HostAddresses(
            host -> {
              if (asked.incrementAndGet() == 2) {
                return List.of(HERE);
              }
              throw new UnknownHostException(host);
            },
            EVER);
    assertEquals(Optional.empty(), hosts.within("n2", EVER));
    assertEquals(Optional.of(HERE), hosts.within("n2", EVER));
    assertEquals(Optional.of(HERE), hosts.within("n2", EVER));
    assertEquals(3, asked.get());
  }

  @Test
  void ofSeveralTheOneThatWasFoundBeforeStays() throws Exception {
    InetAddress there = InetAddress.ofLiteral("192.0.2.7");
    AtomicInteger asked = new AtomicInteger();
    HostAddresses hosts =
        new HostAddresses(
            host ->
                switch (asked.incrementAndGet()) {
                  case 1 -> List.of(HERE);
                  case 2 -> List.of(there, HERE);
                  default -> List.of(there);
                },
            EVER);
    assertEquals(Optional.of(HERE), hosts.within("n2", EVER));
    assertEquals(Optional.of(HERE), hosts.named("n2"));
    assertEquals(Optional.of(HERE), hosts.within("n2", EVER));
    assertEquals(Optional.empty(), hosts.named("n2"), "a client would try them all");
    assertEquals(Optional.of(there), hosts.within("n2", EVER));
    assertEquals(Optional.of(there), hosts.named("n2"));
    assertEquals(Optional.empty(), hosts.named("127.0.0.1"));
  }

  @Test
  void nobodyWaitsForAMuteNameServerAndItIsAskedOnce() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    HostAddresses hosts =
        new HostAddresses(
            host -> {
              asked.incrementAndGet();
              try {
                answer.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              return List.of(HERE);
            },
            EVER);
    assertEquals(Optional.empty(), hosts.within("n2", Duration.ofMillis(5)));
    assertEquals(Optional.empty(), hosts.within("n2", Duration.ofMillis(5)));
    answer.countDown();
    assertEquals(Optional.of(HERE), hosts.within("n2", EVER));
    assertTrue(asked.get() <= 2, "one thread at a time");
  }
}
