package dev.quorate.membership.core.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quorate.membership.core.link.LinkReport;
import dev.quorate.membership.core.link.LinkReport.Hearing;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinkCodecPropertyTest {
  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(Long.getLong("seed", 7L));

  private long number() {
    return random.nextLong(Long.MAX_VALUE) >> random.nextInt(63);
  }

  private ByteBuffer encoded(LinkReport report) {
    var buffer = ByteBuffer.allocate(LinkCodec.MAX_REPORT);
    LinkCodec.encode(report, buffer);
    return buffer.flip();
  }

  private LinkReport report() {
    var hearings =
        IntStream.range(0, 1 + random.nextInt(8))
            .mapToObj(_ -> new Hearing(random.nextInt(1001), random.nextInt(Integer.MAX_VALUE)))
            .toList();
    return new LinkReport(number(), number(), number(), number(), hearings);
  }

  @Test
  void everyReportComesBackAndDamageIsAnswered() {
    for (int i = 0; i < 20_000; i++) {
      var report = report();
      assertEquals(Optional.of(report), LinkCodec.decode(encoded(report)));
      var bytes = encoded(report);
      bytes.put(random.nextInt(bytes.limit()), (byte) random.nextInt());
      LinkCodec.decode(bytes.limit(random.nextInt(bytes.limit() + 1)));
    }
  }

  @Test
  void nothingIsLeftOver() {
    var bytes = encoded(report());
    var longer = ByteBuffer.allocate(bytes.limit() + 1).put(bytes).rewind();
    assertEquals(Optional.empty(), LinkCodec.decode(longer));
    assertEquals(Optional.empty(), LinkCodec.decode(ByteBuffer.allocate(0)));
  }
}
