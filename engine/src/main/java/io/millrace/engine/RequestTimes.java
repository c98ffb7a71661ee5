package io.millrace.engine;

import java.time.Duration;

/**
 * The times of one answered request in the engine, by phase.
 *
 * @param queue from its submission to its first step: while its prompt is encoded, its grammar
 *     compiled, and no room in the batch
 * @param prefill from its first step to its first token
 * @param decode from its first token to its last
 * @param steps steps that gave it tokens, at least one
 */
public record RequestTimes(Duration queue, Duration prefill, Duration decode, int steps) {
  /** From its first step to its last token. */
  public Duration inference() {
    return prefill.plus(decode);
  }

  /** The mean time from one step that gave it tokens to the next; zero if there was one only. */
  public Duration perToken() {
    return steps == 1 ? Duration.ZERO : decode.dividedBy(steps - 1);
  }
}
