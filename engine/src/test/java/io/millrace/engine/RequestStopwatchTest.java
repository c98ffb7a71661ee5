package io.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class RequestStopwatchTest {
  private final RequestStopwatch watch = new RequestStopwatch(100);

  @Test
  void times_areThoseOfThePhases() {
    watch.scheduled(107);
    watch.scheduled(110);
    watch.sampled(120);
    watch.sampled(126);
    watch.sampled(126);
    watch.sampled(140);

    RequestTimes times = watch.times();
    assertThat(times)
        .isEqualTo(
            new RequestTimes(Duration.ofNanos(7), Duration.ofNanos(13), Duration.ofNanos(20), 3));
    assertThat(times.inference()).isEqualTo(Duration.ofNanos(33));
    assertThat(times.perToken()).isEqualTo(Duration.ofNanos(10));
  }

  @Test
  void oneToken_hasNoDecode() {
    watch.scheduled(100);
    watch.sampled(130);
    assertThat(watch.times().decode()).isZero();
    assertThat(watch.times().perToken()).isZero();
  }
}
