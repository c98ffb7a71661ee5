package io.millrace.bench.engine;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The activity of the JVM's compiler beside some work. What is measured once it has settled does
 * not depend on how long the work went on before.
 */
final class JitActivity {
  private static final Duration LOOK = Duration.ofMillis(400);
  private static final Duration MOST = Duration.ofSeconds(20);

  /** Of one core's time, in which the compiler may still work. */
  private static final double SMALL = 0.04;

  private static final double NANOS_A_MILLI = 1e6;

  private final @Nullable CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
  private final long begin = System.nanoTime();
  private long lookedAt = begin;
  private long compiledBefore = compiledMillis();

  /** Whether it is low now, or was high for too long; to be asked while the work goes on. */
  boolean hasSettled() {
    long now = System.nanoTime();
    if (now - lookedAt < LOOK.toNanos()) {
      return false;
    }
    long compiled = compiledMillis();
    double share = (compiled - compiledBefore) * NANOS_A_MILLI / (now - lookedAt);
    lookedAt = now;
    compiledBefore = compiled;
    return share < SMALL || now - begin > MOST.toNanos();
  }

  private long compiledMillis() {
    return compiler == null || !compiler.isCompilationTimeMonitoringSupported()
        ? 0
        : compiler.getTotalCompilationTime();
  }
}
