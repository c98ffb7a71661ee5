package io.millrace.bench.serve;

import io.millrace.bench.stats.Summary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of a measurement, by vLLM's definitions.
 *
 * @param duration seconds
 * @param totalInput prompt tokens of the requests that succeeded
 * @param totalOutput their answers' tokens
 * @param good requests that succeeded within all limits of {@code --goodput}
 * @param maxOutputTokensPerSecond pieces that came in the busiest second
 * @param maxConcurrentRequests requests that were open at once
 * @param millis latencies of the requests that succeeded
 */
record ServeMetrics(
    int completed,
    int failed,
    double duration,
    long totalInput,
    long totalOutput,
    int good,
    int maxOutputTokensPerSecond,
    int maxConcurrentRequests,
    Map<Metric, Summary> millis) {
  static final double MILLIS_A_SECOND = 1000;

  /**
   * Computes the metrics of all outcomes.
   *
   * @param limits milliseconds that each of some metrics may have at most in a good request
   */
  static ServeMetrics of(List<Outcome> all, double duration, Map<Metric, Double> limits) {
    List<Outcome> done = all.stream().filter(Outcome::succeeded).toList();
    return new ServeMetrics(
        done.size(),
        all.size() - done.size(),
        duration,
        done.stream().mapToLong(Outcome::promptTokens).sum(),
        done.stream().mapToLong(Outcome::outputTokens).sum(),
        (int) done.stream().filter(outcome -> isGood(outcome, limits)).count(),
        busiestSecond(done),
        mostAtOnce(done),
        millis(done));
  }

  double requestThroughput() {
    return completed / duration;
  }

  double goodput() {
    return good / duration;
  }

  double outputThroughput() {
    return totalOutput / duration;
  }

  double totalThroughput() {
    return (totalInput + totalOutput) / duration;
  }

  private static Map<Metric, Summary> millis(List<Outcome> done) {
    Map<Metric, Summary> millis = new EnumMap<>(Metric.class);
    millis.put(Metric.TTFT, summary(done.stream().map(Outcome::ttft).toList()));
    millis.put(
        Metric.TPOT,
        summary(
            done.stream()
                .filter(outcome -> outcome.outputTokens() > 1)
                .map(ServeMetrics::tpot)
                .toList()));
    millis.put(
        Metric.ITL, summary(done.stream().flatMap(outcome -> outcome.gaps().stream()).toList()));
    millis.put(Metric.E2EL, summary(done.stream().map(Outcome::latency).toList()));
    return millis;
  }

  private static Summary summary(List<Double> seconds) {
    return Summary.of(seconds.stream().mapToDouble(s -> s * MILLIS_A_SECOND).toArray());
  }

  /** Seconds a token, but for the first; 0 where there is no other. */
  private static double tpot(Outcome outcome) {
    int others = outcome.outputTokens() - 1;
    return others < 1 ? 0 : (outcome.latency() - outcome.ttft()) / others;
  }

  private static boolean isGood(Outcome outcome, Map<Metric, Double> limits) {
    return limits.entrySet().stream()
        .allMatch(limit -> seconds(outcome, limit.getKey()) * MILLIS_A_SECOND <= limit.getValue());
  }

  private static double seconds(Outcome outcome, Metric metric) {
    return switch (metric) {
      case TTFT -> outcome.ttft();
      case TPOT -> tpot(outcome);
      case E2EL -> outcome.latency();
      case ITL -> throw new IllegalArgumentException("a request has many inter-token latencies");
    };
  }

  private static int busiestSecond(List<Outcome> done) {
    if (done.isEmpty()) {
      return 0;
    }
    double begin = done.stream().mapToDouble(Outcome::start).min().orElseThrow();
    double end = done.stream().mapToDouble(Outcome::end).max().orElseThrow();
    int[] pieces = new int[(int) Math.ceil(end - begin) + 1];
    for (Outcome outcome : done) {
      double time = outcome.start() + outcome.ttft() - begin;
      pieces[(int) time]++;
      for (double gap : outcome.gaps()) {
        time += gap;
        pieces[Math.min((int) time, pieces.length - 1)]++;
      }
    }
    int most = 0;
    for (int count : pieces) {
      most = Math.max(most, count);
    }
    return most;
  }

  /** A request that ends when another one starts is not open beside it. */
  private static int mostAtOnce(List<Outcome> done) {
    List<Change> changes = new ArrayList<>();
    for (Outcome outcome : done) {
      changes.add(new Change(outcome.start(), 1));
      changes.add(new Change(outcome.end(), -1));
    }
    changes.sort(Comparator.comparingDouble(Change::time).thenComparingInt(Change::by));
    int open = 0;
    int most = 0;
    for (Change change : changes) {
      open += change.by();
      most = Math.max(most, open);
    }
    return most;
  }

  private record Change(double time, int by) {}
}
