package io.millrace.kafka;

import java.time.Instant;

/**
 * What the living workers of a model can hold together, and what they hold.
 *
 * @param slots requests that they can hold
 * @param running requests that they held when each last said so
 * @param at when the last of them said so
 */
public record WorkerLoad(int slots, int running, Instant at) {
  /** Of no worker. */
  public static final WorkerLoad NONE = new WorkerLoad(0, 0, Instant.EPOCH);
}
