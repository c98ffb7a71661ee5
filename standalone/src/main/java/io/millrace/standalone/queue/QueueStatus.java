package io.millrace.standalone.queue;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The state of the queue at a moment.
 *
 * @param deadLetters of all models that were never replayed; where there are too many to read, of
 *     all
 */
record QueueStatus(
    @JsonProperty("bootstrap_servers") String bootstrapServers,
    @JsonProperty("topic_prefix") String topicPrefix,
    @JsonProperty("models") List<Model> models,
    @JsonProperty("dead_letters") long deadLetters) {

  /**
   * One model.
   *
   * @param model the served name, or, where no living worker says it, what its topics tell of it
   * @param workers those that live
   * @param slots requests that they can hold at once
   * @param running requests that they hold
   */
  record Model(
      @JsonProperty("model") String model,
      @JsonProperty("workers") int workers,
      @JsonProperty("slots") int slots,
      @JsonProperty("running") int running,
      @JsonProperty("classes") List<ClassStatus> classes) {}

  /**
   * One class of one model.
   *
   * @param topic the first of them
   * @param topics all over which the requests are spread
   * @param lag requests that are not finished: those that wait and those that run
   * @param running requests that workers hold, by their own words of the last seconds
   * @param waiting the others
   * @param oldestWaitingSeconds since when the first of those waits; null if none does
   * @param deadLetters of this topic that were never replayed; null if there are too many to read
   */
  record ClassStatus(
      @JsonProperty("class") String name,
      @JsonProperty("topic") String topic,
      @JsonProperty("topics") List<String> topics,
      @JsonProperty("lag") long lag,
      @JsonProperty("running") long running,
      @JsonProperty("waiting") long waiting,
      @JsonProperty("oldest_waiting_seconds") @Nullable Double oldestWaitingSeconds,
      @JsonProperty("dead_letters") @Nullable Long deadLetters) {

    private String line() {
      return String.format(
          Locale.ROOT,
          "  %-11s %9d  %8d  %9d  %14s  %12s",
          name,
          lag,
          running,
          waiting,
          oldestWaitingSeconds == null ? "-" : age(oldestWaitingSeconds),
          deadLetters == null ? "?" : deadLetters.toString());
    }
  }

  /** A table of at most 80 columns; names of models may be longer. */
  @Override
  public String toString() {
    return models.stream()
        .map(QueueStatus::table)
        .collect(Collectors.joining("\n\n", "", "\n\ndead letters: " + deadLetters + replayHint()));
  }

  private String replayHint() {
    return deadLetters == 0 ? "" : " ('millrace dead-letters list' shows them)";
  }

  private static String table(Model model) {
    return String.format(
            Locale.ROOT,
            "%s: %s%n  %-11s %9s  %8s  %9s  %14s  %12s%n",
            model.model,
            model.workers == 0
                ? "no worker, so requests wait"
                : "%d worker%s, %d of %d slots used"
                    .formatted(
                        model.workers, model.workers == 1 ? "" : "s", model.running, model.slots),
            "class",
            "lag",
            "running",
            "waiting",
            "oldest waiting",
            "dead letters")
        + model.classes.stream().map(ClassStatus::line).collect(Collectors.joining("\n"));
  }

  private static String age(double seconds) {
    Duration age = Duration.ofMillis(Math.round(seconds * 1000));
    if (age.toMinutes() < 1) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    return age.toHours() < 1
        ? "%d min %d s".formatted(age.toMinutes(), age.toSecondsPart())
        : "%d h %d min".formatted(age.toHours(), age.toMinutesPart());
  }
}
