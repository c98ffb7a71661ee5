package io.millrace.engine.decoder;

import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.SamplingBatch;

/** Chooses tokens from logits that lie in Java's memory. */
@FunctionalInterface
public interface LogitsSampler {

  /**
   * Chooses tokens, as {@link StepOutput#sample} does.
   *
   * @param logits [rows x vocab]
   */
  StepResult sample(float[] logits, int rows, SamplingBatch sampling, PromptTargets prompts);
}
