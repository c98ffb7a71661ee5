package io.millrace.engine;

import io.millrace.engine.constraint.ConstraintListener;

/**
 * A listener to what the engine does, for metrics. It is told on threads of the engine, by one or
 * several at a time, and must return at once.
 */
public interface EngineListener extends ConstraintListener {
  /** Hears nothing. */
  EngineListener NONE = new EngineListener() {};

  /**
   * A step was computed.
   *
   * @param numTokens tokens of it, of prompts and answers together
   */
  default void stepped(int numTokens) {}

  /** A request was answered to its end, neither cancelled nor failed. */
  default void answered(RequestTimes times) {}
}
