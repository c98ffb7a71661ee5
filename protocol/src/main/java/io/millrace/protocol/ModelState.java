package io.millrace.protocol;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The word of a worker about its model: a record of the workers topic, keyed by {@link #key},
 * renewed now and then, and kept when all workers of the model are gone. So a model is known for as
 * long as its requests may wait for a worker to come back.
 *
 * @param model the served name
 * @param maxInputLen tokens of the longest prompt that the worker takes; 0 if it does not say
 * @param maxOutputLen tokens of the longest answer that it gives; 0 if it does not say
 * @param requestTopics from how many topics of each class it takes requests
 * @param at when this was true
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ModelState(
    @Required String model,
    int maxInputLen,
    int maxOutputLen,
    @Limit(min = 1, max = TopicNames.MOST_REQUEST_TOPICS) int requestTopics,
    Instant at) {
  /** No worker's name has a colon. */
  private static final String PREFIX = "model:";

  public ModelState {
    requestTopics = Math.max(1, Math.min(TopicNames.MOST_REQUEST_TOPICS, requestTopics));
    at = at == null ? Instant.EPOCH : at;
  }

  /** What the state of a worker says of its model. */
  public static ModelState of(WorkerState worker) {
    return new ModelState(
        worker.model(),
        worker.maxInputLen(),
        worker.maxOutputLen(),
        worker.requestTopics(),
        worker.at());
  }

  /** The key of a model's records. */
  public static String key(String model) {
    return PREFIX + model;
  }

  /** The model whose record has that key; empty if it is another record. */
  public static Optional<String> modelOf(@Nullable String key) {
    return key != null && key.startsWith(PREFIX)
        ? Optional.of(key.substring(PREFIX.length()))
        : Optional.empty();
  }
}
