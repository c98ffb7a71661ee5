package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

final class WireWarmUpTest {
  @Test
  void warmUp_readsARequestThatIsRight() {
    assertThatCode(Wire::warmUp).doesNotThrowAnyException();
  }
}
