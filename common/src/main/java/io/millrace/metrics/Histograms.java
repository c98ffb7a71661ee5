package io.millrace.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The histograms of one thing that is measured, all with the same labels and {@code millrace.} in
 * front of their names. Buckets end at 1, 2.5, 5 and their tenfolds.
 */
public final class Histograms {
  private static final String PREFIX = "millrace.";
  private static final long NANOS_PER_MICRO = 1_000;

  private final MeterRegistry registry;
  private final Tags tags;

  public Histograms(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
  }

  /**
   * A histogram of times.
   *
   * @param from where the first bucket ends
   * @param to where the last one ends, but for that of all that is longer
   */
  public Timer timer(String name, String description, Duration from, Duration to) {
    return Timer.builder(PREFIX + name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(
            steps(from.toNanos() / NANOS_PER_MICRO, to.toNanos() / NANOS_PER_MICRO)
                .mapToObj(micros -> Duration.ofNanos(micros * NANOS_PER_MICRO))
                .toArray(Duration[]::new))
        .register(registry);
  }

  /**
   * A histogram of numbers from 1 on.
   *
   * @param to where the last bucket ends, but for that of all that is more
   */
  public DistributionSummary summary(String name, String description, long to) {
    return DistributionSummary.builder(PREFIX + name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(steps(1, to).mapToDouble(n -> n).toArray())
        .register(registry);
  }

  /** 1, 2, 5 and their tenfolds; 2.5 where that is whole. */
  private static LongStream steps(long from, long to) {
    return LongStream.iterate(from, n -> n <= to, n -> n * 10)
        .boxed()
        .flatMap(n -> Stream.of(n, n == 1 ? 2 : n * 5 / 2, n * 5))
        .mapToLong(n -> n)
        .filter(n -> n <= to);
  }
}
