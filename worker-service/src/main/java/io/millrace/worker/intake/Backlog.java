package io.millrace.worker.intake;

import io.millrace.protocol.RequestClass;

/** The backlog of one model: the requests that no worker has finished. */
public interface Backlog {
  /**
   * How many requests of a class are queued or held.
   *
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  long of(RequestClass requestClass);

  /** How many requests of a class other workers hold. */
  int heldByOthers(RequestClass requestClass);

  /** How many requests of all classes other workers hold. */
  int heldByOthers();
}
