package io.millrace.engine;

import io.millrace.protocol.Reply;
import java.util.function.Consumer;

/**
 * A listener to the answer to one request: it takes its replies, the last one among them. It is
 * told on one of the engine's threads at a time and must return at once.
 */
@FunctionalInterface
public interface AnswerListener extends Consumer<Reply> {
  /** Hears how long an answer took that came to its end, neither cancelled nor failed. */
  default void timed(RequestTimes times) {}
}
