package io.millrace.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FatalErrorsTest {
  private final List<Integer> exitCodes = new ArrayList<>();

  @Test
  void error_endsTheProcess_andAnotherExceptionDoesNot() throws Exception {
    run(
        () -> {
          throw new IllegalStateException("a defect");
        });
    assertThat(exitCodes).isEmpty();

    run(
        () -> {
          throw new OutOfMemoryError("Java heap space");
        });
    assertThat(exitCodes).containsExactly(3);
  }

  private void run(Runnable task) throws InterruptedException {
    Thread thread = new Thread(task);
    thread.setUncaughtExceptionHandler(new FatalErrors(exitCodes::add));
    thread.start();
    thread.join();
  }
}
