package io.millrace.api.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestLimitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0ms",
    "19, 19ms",
    "999, 999ms",
    "1000, 1s",
    "1001, 2s",
    "60000, 1m0s",
    "361000, 6m1s",
    "3600000, 1h0m0s"
  })
  void span_isWrittenAsOpenAiDoes(long millis, String text) {
    assertThat(RequestLimits.span(Duration.ofMillis(millis))).isEqualTo(text);
  }
}
