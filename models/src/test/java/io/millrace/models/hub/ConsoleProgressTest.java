package io.millrace.models.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {
  private static final long MB = 1_000_000;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final AtomicLong now = new AtomicLong(12345);

  private ConsoleProgress progress(boolean terminal) {
    return new ConsoleProgress(
        new PrintStream(out, true, StandardCharsets.UTF_8), terminal, now::get);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void step_thatIsQuicklyDone_isNotMentioned() {
    try (Progress.Step step = progress(true).begin("downloading x", 10 * MB)) {
      pass(Duration.ofMillis(1900));
      step.advance(10 * MB);
    }
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void step_inALog_isALineNowAndThen() {
    try (Progress.Step step = progress(false).begin("downloading x", 100 * MB)) {
      step.found(20 * MB);
      pass(Duration.ofSeconds(4));
      step.advance(20 * MB);
      pass(Duration.ofSeconds(4));
      step.advance(20 * MB);
    }
    assertThat(out.toString().lines())
        .containsExactly(
            "downloading x: 40.0 MB of 100.0 MB (40 %), 5.0 MB/s, 12 s left",
            "downloading x: 60.0 MB of 100.0 MB (60 %), 5.0 MB/s, 8 s left");
  }

  @Test
  void step_inALog_saysItsEndOnce() {
    try (Progress.Step step = progress(false).begin("loading weights", 100 * MB)) {
      pass(Duration.ofSeconds(10));
      step.advance(100 * MB);
      pass(Duration.ofSeconds(1));
    }
    assertThat(out.toString().lines())
        .containsExactly("loading weights: 100.0 MB of 100.0 MB (100 %), 10.0 MB/s");
  }

  @Test
  void step_onATerminal_changesInPlace() {
    try (Progress.Step step = progress(true).begin("downloading x", 100 * MB)) {
      pass(Duration.ofSeconds(100));
      step.advance(10 * MB);
      pass(Duration.ofSeconds(1));
      step.advance(90 * MB);
    }
    assertThat(out.toString())
        .startsWith("\rdownloading x: 10.0 MB of 100.0 MB (10 %), 0.1 MB/s, 15:00 min left")
        .contains("\rdownloading x: 100.0 MB of 100.0 MB (100 %), 1.0 MB/s  ")
        .endsWith(System.lineSeparator());
  }

  @Test
  void step_saysNoTimeLeftBeforeItHasWarmedUp() {
    try (Progress.Step step = progress(false).begin("loading weights", 100 * MB)) {
      pass(Duration.ofSeconds(4));
      step.advance(3 * MB);
      pass(Duration.ofSeconds(11));
      step.advance(22 * MB);
    }
    assertThat(out.toString().lines().limit(2))
        .containsExactly(
            "loading weights: 3.0 MB of 100.0 MB (3 %), 0.8 MB/s",
            "loading weights: 25.0 MB of 100.0 MB (25 %), 1.7 MB/s, 45 s left");
  }

  @Test
  void step_ofUnknownSize_showsTheTime() {
    try (Progress.Step step = progress(false).begin("waiting", 0)) {
      pass(Duration.ofSeconds(3));
      step.advance(0);
    }
    assertThat(out.toString().lines()).first().isEqualTo("waiting: 3 s");
  }
}
