package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The state of a worker in its own words: a record of the workers topic, keyed by {@code worker},
 * renewed every few seconds, deleted when it leaves.
 *
 * @param worker its name
 * @param model the name it serves
 * @param slots how many requests it can hold at once
 * @param running how many it holds now
 * @param batch how many of those are of the batch class
 * @param waiting how many of those wait for room in the cache
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param maxInputLen tokens of the longest prompt that it takes; 0 if it does not say
 * @param maxOutputLen tokens of the longest answer that it gives; 0 if it does not say
 * @param kvCacheUsage share of the KV cache in use, 0 to 1
 * @param ended how many requests have ended on it since it began
 * @param heldMillis how long all requests together have had slots of it since it began, in
 *     milliseconds; divided by {@code ended}, how long one takes
 * @param requestTopics from how many topics of each class it takes requests; 1 if it does not say
 * @param at when this was true
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonPropertyOrder({"worker", "model", "device"})
public record WorkerState(
    @Required String worker,
    @Required String model,
    int slots,
    int running,
    int batch,
    int waiting,
    @Required String device,
    int maxInputLen,
    int maxOutputLen,
    double kvCacheUsage,
    long ended,
    @JsonProperty("held_ms") long heldMillis,
    int requestTopics,
    Instant at) {
  public WorkerState {
    requestTopics = Math.max(1, Math.min(TopicNames.MOST_REQUEST_TOPICS, requestTopics));
    at = at == null ? Instant.EPOCH : at;
  }

  /** The state of a worker that holds no request of the batch class. */
  public WorkerState(
      String worker,
      String model,
      int slots,
      int running,
      int waiting,
      String device,
      int maxInputLen,
      int maxOutputLen,
      double kvCacheUsage,
      Instant at) {
    this(
        worker,
        model,
        slots,
        running,
        0,
        waiting,
        device,
        maxInputLen,
        maxOutputLen,
        kvCacheUsage,
        0,
        0,
        1,
        at);
  }
}
