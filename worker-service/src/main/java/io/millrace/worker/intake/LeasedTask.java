package io.millrace.worker.intake;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.AcknowledgeType;

/**
 * The work on a request while this worker holds it, by a lease or with its partition.
 *
 * @param outcome how that ends: {@code ACCEPT} when the request is done with, {@code RELEASE} when
 *     another worker should take it
 * @param leaseLost to be told when Kafka may have given the request to somebody else
 */
record LeasedTask(CompletableFuture<AcknowledgeType> outcome, Runnable leaseLost) {
  /** Something short that is finished even without a lease. */
  static LeasedTask of(CompletableFuture<AcknowledgeType> outcome) {
    return new LeasedTask(outcome, () -> {});
  }
}
