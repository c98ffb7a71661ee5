package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.Prompt;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EncoderThreadsTest {
  private static final Prompt SHORT = new Prompt.Text("short");
  private static final Prompt LONG = new Prompt.Text("x".repeat(EncoderThreads.LONG_PROMPT));
  private static final Prompt LONG_CHAT =
      new Prompt.Chat(
          List.of(
              Map.of(
                  "role",
                  "user",
                  "content",
                  List.of(Map.of("type", "text", "text", "x".repeat(EncoderThreads.LONG_PROMPT))))),
          true);

  @Test
  void longPrompts_areEncodedOneAtATime_andTheirMemoryIsGivenBack() throws Exception {
    AtomicInteger givenBack = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(4);
    AtomicInteger atOnce = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (EncoderThreads threads =
        new EncoderThreads(
            () -> {
              givenBack.incrementAndGet();
              all.countDown();
            })) {
      Runnable encoding =
          () -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            Thread.yield();
            atOnce.decrementAndGet();
          };
      threads.run(LONG, encoding);
      threads.run(LONG_CHAT, encoding);
      threads.run(LONG, encoding);
      threads.run(LONG, encoding);
      assertThat(all.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(most).hasValue(1);
    assertThat(givenBack).hasValue(4);
  }

  @Test
  void shortPrompts_doNotWaitForLongOnes() throws Exception {
    CountDownLatch shortOnes = new CountDownLatch(3);
    CountDownLatch longOne = new CountDownLatch(1);
    try (EncoderThreads threads = new EncoderThreads(longOne::countDown)) {
      threads.run(
          LONG,
          () -> {
            try {
              assertThat(shortOnes.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      for (int i = 0; i < 3; i++) {
        threads.run(SHORT, shortOnes::countDown);
      }
      assertThat(longOne.await(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(shortOnes.getCount()).isZero();
  }

  @Test
  void nativeHeap_isTrimmedWhereItCanBe() {
    NativeHeap.trim();
  }
}
