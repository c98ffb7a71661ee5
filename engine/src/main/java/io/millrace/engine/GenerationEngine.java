package io.millrace.engine;

import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Reply;

/**
 * The interface of the engine to the rest of the worker. Every method may be called from any
 * thread.
 */
public interface GenerationEngine extends AutoCloseable {

  /**
   * Starts to answer a request. Returns at once; a request that cannot be answered gets a {@link
   * Reply.Failed} like any other reply.
   *
   * @param attempt how often this request was started, this time included
   * @param prior what earlier attempts have told, which this one goes on from
   * @param replies takes the answer's events, on one of the engine's threads at a time, so it must
   *     not block; exactly one of them is the last, and none follows it
   */
  void submit(GenerationRequest request, int attempt, PriorOutput prior, AnswerListener replies);

  /** Starts to answer a request that nobody has answered before. */
  default void submit(GenerationRequest request, AnswerListener replies) {
    submit(request, 1, PriorOutput.NONE, replies);
  }

  /**
   * Ends an answer early: its last reply says {@code CANCELLED}. Does nothing if the id is unknown.
   */
  void cancel(String id, String why);

  /**
   * Has somebody told from now on what the engine does; an engine without figures tells nothing.
   */
  default void watch(EngineListener listener) {}

  /** The engine's figures as of its last step, and the step that runs now. */
  EngineStatus status();

  /**
   * Stops the engine's thread and frees the model; unfinished answers get no further reply. A step
   * that does not end in half a minute is abandoned, and the model with it.
   */
  @Override
  void close();
}
