package io.millrace.standalone.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The figures of simulated workers on one broker.
 *
 * @param slots of each worker
 * @param requestTopics over which the requests are spread
 */
record WorkersBenchReport(
    @JsonProperty("cores") int cores,
    @JsonProperty("slots") int slots,
    @JsonProperty("request_topics") int requestTopics,
    @JsonProperty("step_ms") long stepMillis,
    @JsonProperty("tokens") int tokens,
    @JsonProperty("stages") List<Stage> stages) {

  /**
   * So many workers at a time.
   *
   * @param tokensPerSecond that came back
   * @param linear its share of what the first stage would give with as many workers
   * @param ofSteps its share of what the steps alone would allow
   * @param firstWorkMillis from the start of a process that joins to its first request, the longest
   * @param coresUsed processors that the workers kept busy
   */
  record Stage(
      @JsonProperty("workers") int workers,
      @JsonProperty("tokens_per_second") double tokensPerSecond,
      @JsonProperty("answers_per_second") double answersPerSecond,
      @JsonProperty("linear") double linear,
      @JsonProperty("of_steps") double ofSteps,
      @JsonProperty("first_work_ms") long firstWorkMillis,
      @JsonProperty("cores_used") double coresUsed) {
    private static final double WHOLE = 100;

    private String line() {
      return String.format(
          Locale.ROOT,
          "%7d  %9.1f  %10.2f  %8.1f %%  %7.1f %%  %10d ms  %10.2f",
          workers,
          tokensPerSecond,
          answersPerSecond,
          WHOLE * linear,
          WHOLE * ofSteps,
          firstWorkMillis,
          coresUsed);
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        """
        simulated workers: %d slots, %d topics, steps of %d ms, %d tokens, %d cores
        workers   tokens/s   answers/s   of linear   of steps     first work  cores used
        %s""",
        slots,
        requestTopics,
        stepMillis,
        tokens,
        cores,
        stages.stream().map(Stage::line).collect(Collectors.joining(System.lineSeparator())));
  }
}
