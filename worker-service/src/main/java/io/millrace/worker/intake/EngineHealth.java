package io.millrace.worker.intake;

import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * The health of the engine: it has not failed, and no step of it outlasts {@code --step-timeout}.
 * Native code that hangs tells nobody; only the clock does.
 */
final class EngineHealth {
  private final GenerationEngine engine;
  private final Duration stepTimeout;

  /**
   * @param stepTimeout how long a step may take; zero for as long as it likes
   */
  EngineHealth(GenerationEngine engine, Duration stepTimeout) {
    this.engine = engine;
    this.stepTimeout = stepTimeout;
  }

  /** Why the engine works no more, for good; empty while it does. */
  Optional<String> failure() {
    return Optional.ofNullable(engine.status().failure()).map("the engine has failed: "::concat);
  }

  /** Which step takes too long, until it ends; empty while none does. */
  Optional<String> stall() {
    EngineStatus.Step step = engine.status().step();
    if (step == null || stepTimeout.isZero() || step.age().compareTo(stepTimeout) <= 0) {
      return Optional.empty();
    }
    return Optional.of(
        "step %d of the engine has run for %s s, longer than --step-timeout, which is %s s"
            .formatted(step.number(), seconds(step.age()), seconds(stepTimeout)));
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f", time.toMillis() / 1000.0);
  }
}
