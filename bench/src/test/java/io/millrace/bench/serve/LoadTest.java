package io.millrace.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.cli.StartFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class LoadTest {
  private static final Outcome DONE = new Outcome(null, 0, 1, 1, List.of(), "", 1, 1);

  @Test
  void outcomes_areInTheOrderOfTheRequests() {
    List<Outcome> outcomes =
        Load.run(
                new double[3],
                null,
                i -> CompletableFuture.completedFuture(DONE.withOutputTokens(i)))
            .outcomes();

    assertThat(outcomes).extracting(Outcome::outputTokens).containsExactly(0, 1, 2);
  }

  @Test
  void concurrency_isNeverExceeded() {
    ExecutorService executor = Executors.newFixedThreadPool(8);
    AtomicInteger open = new AtomicInteger();
    List<Integer> seen = new ArrayList<>();
    try {
      Load load =
          Load.run(
              new double[200],
              3,
              i -> {
                seen.add(open.incrementAndGet());
                return CompletableFuture.supplyAsync(
                    () -> {
                      open.decrementAndGet();
                      return DONE;
                    },
                    executor);
              });

      assertThat(seen).hasSize(200).allMatch(count -> count <= 3);
      assertThat(load.queueTimes()).hasSize(200).allMatch(time -> time >= 0);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void readyCheck_tellsWhyTheServerIsNot() {
    assertThatThrownBy(() -> ReadyCheck.await(() -> "status 503", 0))
        .isInstanceOf(StartFailure.class)
        .hasMessage("the server was not ready within --ready-check-timeout-sec 0: status 503");
    ReadyCheck.await(() -> null, 0);
  }
}
