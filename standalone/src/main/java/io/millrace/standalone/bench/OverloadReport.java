package io.millrace.standalone.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.standalone.bench.StreamOutcome.End;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What became of requests under overload.
 *
 * @param capacity requests a second that the worker can answer
 * @param alone the calm tenant before the flood
 * @param beside the same during the flood
 * @param flood the tenant that asks for too much
 * @param after the calm tenant once the flood is over
 * @param heapBefore bytes in use before the flood, in MiB
 * @param heapPeak the most during it, garbage included
 * @param heapAfter the same as before it, once all is over
 */
@JsonNaming(SnakeCaseStrategy.class)
record OverloadReport(
    double capacity,
    Share alone,
    Share beside,
    Share flood,
    Share after,
    long heapBefore,
    long heapPeak,
    long heapAfter) {

  /**
   * What became of some requests.
   *
   * @param p50 of the times to the first token, in milliseconds
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Share(
      int asked,
      int answered,
      int refused,
      int expired,
      int failed,
      int forgotten,
      double p50,
      double p99) {
    static Share of(List<StreamOutcome> outcomes) {
      long[] times =
          outcomes.stream()
              .filter(it -> it.end() == End.ANSWERED)
              .mapToLong(StreamOutcome::firstTokenNanos)
              .sorted()
              .toArray();
      return new Share(
          outcomes.size(),
          count(outcomes, End.ANSWERED),
          count(outcomes, End.REFUSED),
          count(outcomes, End.EXPIRED),
          count(outcomes, End.FAILED),
          count(outcomes, End.FORGOTTEN),
          percentile(times, 50),
          percentile(times, 99));
    }

    private static int count(List<StreamOutcome> outcomes, End end) {
      return (int) outcomes.stream().filter(it -> it.end() == end).count();
    }

    private static double percentile(long[] sorted, int percent) {
      return sorted.length == 0 ? 0 : sorted[(sorted.length - 1) * percent / 100] / 1e6;
    }

    private String line(String name) {
      return String.format(
          Locale.ROOT,
          "%-14s %7d %9d %8d %8d %7d %10d %9.1f %9.1f%n",
          name,
          asked,
          answered,
          refused,
          expired,
          failed,
          forgotten,
          p50,
          p99);
    }
  }

  /** How many times as long the calm tenant's slowest first tokens take beside the flood. */
  @JsonProperty("p99_ratio")
  double ratio() {
    return alone.p99 == 0 ? 0 : beside.p99 / alone.p99;
  }

  @Override
  public String toString() {
    return String.format(
            Locale.ROOT,
            "capacity %.1f requests a second%n%n%-14s %7s %9s %8s %8s %7s %10s %9s %9s%n",
            capacity,
            "",
            "asked",
            "answered",
            "refused",
            "expired",
            "failed",
            "forgotten",
            "p50 ms",
            "p99 ms")
        + alone.line("calm, alone")
        + beside.line("calm, beside")
        + flood.line("flood")
        + after.line("calm, after")
        + String.format(
            Locale.ROOT,
            "%np99 of the time to first token beside the flood: %.2f x%n"
                + "heap in MiB: %d before, %d at most, %d after",
            ratio(),
            heapBefore,
            heapPeak,
            heapAfter);
  }
}
