package io.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShutdownTest {

  @Test
  void end_isNoFailure() throws Exception {
    try (Shutdown shutdown = new Shutdown()) {
      shutdown.end();
      assertThat(shutdown.await()).isZero();
    }
  }

  @Test
  void failure_hasAnExitCode() throws Exception {
    try (Shutdown shutdown = new Shutdown()) {
      shutdown.fail("the broker failed");
      assertThat(shutdown.await()).isEqualTo(1);
    }
  }
}
