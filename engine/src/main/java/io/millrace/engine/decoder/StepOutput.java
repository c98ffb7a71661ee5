package io.millrace.engine.decoder;

import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.SamplingBatch;

/**
 * The output of a step: the logits of its wanted rows, wherever they lie, to be sampled from or
 * read.
 */
public interface StepOutput extends AutoCloseable {

  /**
   * Samples tokens, which uses the logits up unless {@code sampling} names its sources.
   *
   * @param sampling rows that are drawn from the first wanted rows
   * @param prompts prompt tokens that the wanted rows after them give the scores of
   */
  StepResult sample(SamplingBatch sampling, PromptTargets prompts);

  /** [wanted x vocab] raw scores. */
  float[] logits();

  /** Nanoseconds that went into preparing the input for this decoder, and not into computing. */
  default long hostNanos() {
    return 0;
  }

  @Override
  void close();
}
