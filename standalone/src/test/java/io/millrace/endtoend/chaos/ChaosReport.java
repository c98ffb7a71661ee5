package io.millrace.endtoend.chaos;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.bench.stats.Summary;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The figures of a run.
 *
 * @param requests that were acknowledged, by who asked
 * @param kills by role and manner; {@code stop} is SIGSTOP
 * @param answers of these requests, whole and right
 * @param crashed processes that ended of themselves
 * @param reconnects of clients that went on with a stream elsewhere
 * @param refusals that told a client to come again, before anything was acknowledged
 * @param redeliveries milliseconds that a client saw between the last reply of one worker and the
 *     next of another
 */
record ChaosReport(
    @JsonProperty("seed") long seed,
    @JsonProperty("seconds") long seconds,
    @JsonProperty("requests") Map<String, Integer> requests,
    @JsonProperty("answers") Map<String, Integer> answers,
    @JsonProperty("kills") Map<String, Integer> kills,
    @JsonProperty("all_kills") int allKills,
    @JsonProperty("lost") int lost,
    @JsonProperty("doubled") int doubled,
    @JsonProperty("wrong") int wrong,
    @JsonProperty("crashed") int crashed,
    @JsonProperty("reconnects") int reconnects,
    @JsonProperty("refusals") int refusals,
    @JsonProperty("redelivery_ms") Redeliveries redeliveries) {
  private static final int P50 = 50;
  private static final int P99 = 99;

  /** How many there were, and how long they took. */
  record Redeliveries(
      @JsonProperty("count") int count,
      @JsonProperty("p50") double p50,
      @JsonProperty("p99") double p99) {}

  static ChaosReport of(
      long seed,
      Duration duration,
      Map<Asker, Integer> requests,
      Map<Asker, Integer> answers,
      Map<String, Integer> kills,
      Map<Tally.Violation, Integer> violations,
      int reconnects,
      int refusals,
      List<Double> redeliveries) {
    Summary gaps = Summary.of(redeliveries);
    return new ChaosReport(
        seed,
        duration.toSeconds(),
        labelled(requests),
        labelled(answers),
        Map.copyOf(kills),
        kills.values().stream().mapToInt(Integer::intValue).sum(),
        violations.getOrDefault(Tally.Violation.LOST, 0),
        violations.getOrDefault(Tally.Violation.DOUBLED, 0),
        violations.getOrDefault(Tally.Violation.WRONG, 0),
        violations.getOrDefault(Tally.Violation.CRASHED, 0),
        reconnects,
        refusals,
        new Redeliveries(redeliveries.size(), gaps.percentile(P50), gaps.percentile(P99)));
  }

  private static Map<String, Integer> labelled(Map<Asker, Integer> counts) {
    Map<String, Integer> labelled = new TreeMap<>();
    counts.forEach((asker, count) -> labelled.put(asker.label(), count));
    return labelled;
  }

  /** Whether nobody noticed anything but connections that broke. */
  boolean isGood() {
    return lost + doubled + wrong + crashed == 0;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        """
        seed %d, %d s
        requests     %s
        answers      %s
        kills        %d: %s
        lost         %d
        doubled      %d
        wrong        %d
        crashed      %d
        reconnects   %d, refusals %d
        redelivery   p50 %.0f ms, p99 %.0f ms, of %d""",
        seed,
        seconds,
        requests,
        answers,
        allKills,
        new TreeMap<>(kills),
        lost,
        doubled,
        wrong,
        crashed,
        reconnects,
        refusals,
        redeliveries.p50,
        redeliveries.p99,
        redeliveries.count);
  }
}
