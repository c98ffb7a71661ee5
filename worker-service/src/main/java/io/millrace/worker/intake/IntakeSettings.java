package io.millrace.worker.intake;

import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames;
import java.time.Duration;

/**
 * The settings by which a worker takes requests.
 *
 * @param topics the names of topics and groups
 * @param model the served name
 * @param requestTopics how many topics of each class the requests are spread over
 * @param worker this worker's name
 * @param slots how many requests may be answered at once
 * @param reservedSlots slots that requests of the batch class leave free
 * @param batchSlots slots that requests of the batch class get while some of them wait
 * @param stepTimeout how long a step of the engine may take; zero for as long as it likes
 * @param backlogTimeout how long requests may wait though there is room and nobody takes them; zero
 *     for as long as they like
 */
public record IntakeSettings(
    TopicNames topics,
    String model,
    int requestTopics,
    String worker,
    int slots,
    int reservedSlots,
    int batchSlots,
    Duration stepTimeout,
    Duration backlogTimeout) {
  /** Slots of one class that poll at the same time: more only cost fetches. */
  static final int POLL_TOKENS = 2;

  /** How long a full worker lets others ask first. */
  static final Duration FULL_REST = Duration.ofMillis(8);

  /** So many workers begin a request and bring nothing, then it is thought to be what ends them. */
  static final int MAX_ATTEMPTS = 5;

  /** A request whose lease was lost comes back within this time, or is somebody else's. */
  static final Duration ORPHAN_GRACE = Duration.ofSeconds(5);

  /** The slots that requests of a class may take. */
  int places(RequestClass requestClass) {
    return requestClass == RequestClass.INTERACTIVE ? slots : slots - reservedSlots;
  }
}
