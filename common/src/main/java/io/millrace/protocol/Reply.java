package io.millrace.protocol;

import org.jspecify.annotations.Nullable;

/**
 * One event of an answer: a record of a reply topic, keyed by the request's id.
 *
 * <p>An answer is {@link Accepted}, then any number of {@link Delta}, then exactly one {@link
 * Finished} or {@link Failed}. When a worker dies in the middle, another one starts again with a
 * higher {@code attempt}; the draws of a seeded request do not depend on the worker, so a reader
 * drops every event whose {@code seq} it has seen and goes on with the rest.
 */
public sealed interface Reply {
  /** The request that is answered. */
  String id();

  /** How often the request was started, from 1. */
  int attempt();

  /**
   * The place within the answer: the number of tokens generated so far. 0 for {@link Accepted}; it
   * grows from delta to delta, with gaps where tokens gave no text yet.
   */
  int seq();

  /** Whether this is the last event of the attempt. */
  default boolean isLast() {
    return this instanceof Finished || this instanceof Failed;
  }

  /**
   * A worker has begun.
   *
   * @param worker its name
   * @param queuedMillis how long the request waited in the queue
   */
  record Accepted(String id, int attempt, String worker, long queuedMillis) implements Reply {
    @Override
    public int seq() {
      return 0;
    }
  }

  /** More text, never half a character. */
  record Delta(String id, int attempt, int seq, String text) implements Reply {}

  /**
   * The end of an answer.
   *
   * @param text the rest of a streamed answer (often empty), or the whole of one that is not
   *     streamed
   */
  record Finished(String id, int attempt, int seq, String text, FinishReason reason, Usage usage)
      implements Reply {}

  /**
   * There is no answer, or no more of it.
   *
   * @param message one sentence for the client
   * @param param the field at fault, if it is one
   */
  record Failed(
      String id, int attempt, int seq, FailureKind kind, String message, @Nullable String param)
      implements Reply {}
}
