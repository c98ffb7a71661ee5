package io.millrace.standalone.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.bench.stats.Summary;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/**
 * The figures of the way through the queue.
 *
 * @param in HTTP in to engine, beside a bare record
 * @param out engine to HTTP out, beside a bare record back
 * @param shareGroup a bare record by a share group, as requests come to workers, beside one without
 * @param roundTrips answers to requests that are not streamed
 * @param tokens to all streams, from the first request to the last answer
 * @param events in which these came
 */
record QueueBenchReport(
    @JsonProperty("cores") int cores,
    @JsonProperty("requests") int requests,
    @JsonProperty("in") Way in,
    @JsonProperty("out") Way out,
    @JsonProperty("share_group") Way shareGroup,
    @JsonProperty("concurrency") int concurrency,
    @JsonProperty("round_trips") Throughput roundTrips,
    @JsonProperty("streams") int streams,
    @JsonProperty("tokens") Throughput tokens,
    @JsonProperty("token_events") Throughput events) {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final int P50 = 50;
  private static final int P99 = 99;

  /** Milliseconds of one way, by Millrace and by Kafka's clients alone, and how many times. */
  record Way(
      @JsonProperty("p50_ms") double p50,
      @JsonProperty("p99_ms") double p99,
      @JsonProperty("bare_p50_ms") double bareP50,
      @JsonProperty("bare_p99_ms") double bareP99,
      @JsonProperty("p50_ratio") double p50Ratio,
      @JsonProperty("p99_ratio") double p99Ratio) {

    static Way of(List<Latency> ours, List<Latency> bare, ToLongFunction<Latency> part) {
      Summary our = summary(ours, part);
      Summary their = summary(bare, part);
      return new Way(
          our.percentile(P50),
          our.percentile(P99),
          their.percentile(P50),
          their.percentile(P99),
          our.percentile(P50) / their.percentile(P50),
          our.percentile(P99) / their.percentile(P99));
    }

    private static Summary summary(List<Latency> all, ToLongFunction<Latency> part) {
      return Summary.of(
          all.stream().mapToDouble(it -> part.applyAsLong(it) / NANOS_PER_MILLI).toArray());
    }

    private String line(String name) {
      return String.format(
          Locale.ROOT,
          "%-18s %7.2f %7.2f  %8.2f  %8.2f  %9.2f  %9.2f",
          name,
          p50,
          p99,
          bareP50,
          bareP99,
          p50Ratio,
          p99Ratio);
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        """
        milliseconds of %d requests, one after the other, on %d cores
                               p50     p99  bare p50  bare p99  p50 ratio  p99 ratio
        %s
        %s
        %s
        round trips a second   %6.0f, %d at a time, %.0f us of CPU each
        tokens a second        %6.0f, to %d streams, %.0f us of CPU each
        token events a second  %6.0f, as what comes at once is told at once""",
        requests,
        cores,
        in.line("HTTP in to engine"),
        out.line("engine to HTTP out"),
        shareGroup.line("by a share group"),
        roundTrips.perSecond(),
        concurrency,
        roundTrips.cpuMicros(),
        tokens.perSecond(),
        streams,
        tokens.cpuMicros(),
        events.perSecond());
  }
}
