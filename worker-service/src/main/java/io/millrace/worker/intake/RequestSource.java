package io.millrace.worker.intake;

import java.util.List;
import java.util.function.Function;

/** The source of a worker's requests: groups of one of the types that Kafka has. */
public abstract sealed class RequestSource permits ShareSource, ClassicSource {
  /**
   * Makes all that take requests of a worker.
   *
   * @param gate says when there is room
   * @param handler begins the work on a delivery; may wait for Kafka
   */
  abstract List<RequestTaker> takers(
      IntakeSettings settings,
      PollGate gate,
      SlotHealth health,
      Function<Delivery, LeasedTask> handler);

  /** What waits that this worker could take. */
  abstract Backlog backlog();

  /** After how many deliveries a request is given up: Kafka must not drop it without a word. */
  abstract int maxDeliveries();

  /** How many deliveries may have been forgotten. */
  abstract LeaderEpochs epochs();
}
