package io.millrace.engine;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The stopwatch of the engine's steps: which one runs now, and for how long. The engine's thread
 * alone runs them; any thread may look.
 */
final class StepClock {
  private record Begun(long number, long atNanos) {}

  private final LongSupplier nanoTime;
  private long steps;
  private volatile @Nullable Begun running;

  /**
   * @param nanoTime as {@link System#nanoTime}
   */
  StepClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void time(Runnable step) {
    steps++;
    running = new Begun(steps, nanoTime.getAsLong());
    try {
      step.run();
    } finally {
      running = null;
    }
  }

  /** The step that runs now; null between steps. */
  EngineStatus.@Nullable Step running() {
    Begun now = running;
    return now == null
        ? null
        : new EngineStatus.Step(now.number, Duration.ofNanos(nanoTime.getAsLong() - now.atNanos));
  }
}
