package io.millrace.engine.constraint;

import java.time.Duration;

/** A listener to the work on grammars. It is told on threads of theirs, and must return at once. */
public interface ConstraintListener {
  /** Hears nothing. */
  ConstraintListener NONE = new ConstraintListener() {};

  /** A grammar was asked for that was compiled before. */
  default void grammarFound() {}

  /** A grammar was compiled, or refused. */
  default void grammarCompiled(Duration time) {}

  /** The mask of a token was found. */
  default void maskFound(Duration time) {}
}
