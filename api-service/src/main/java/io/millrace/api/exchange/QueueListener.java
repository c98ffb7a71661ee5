package io.millrace.api.exchange;

/** Who is told of the way of a question into the queue. */
public interface QueueListener {
  /** The question waits for its turn to go into the queue; nothing of it is stored yet. */
  default void waits() {}

  /** The queue has it. */
  void queued();
}
