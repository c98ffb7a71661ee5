package io.millrace.worker.intake;

/** A taker of requests from Kafka: runs on a thread of its own until the gate is closed. */
interface RequestTaker extends Runnable {
  /** What its thread is called. */
  String threadName();

  /** Has it look at the gate, which was closed or suspended. Any thread may call it. */
  void wake();

  /** Ends a poll that fetches nothing any more; to be called every {@link Slot#LOOK}. */
  default void wakeIfVain() {}
}
