package io.millrace.engine.decoder;

import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.SamplingBatch;

/** A sampler of tokens from logits on Java's heap. */
@FunctionalInterface
public interface LogitsSampler {

  /**
   * Samples tokens, as {@link StepOutput#sample} does.
   *
   * @param logits [rows x vocab]
   */
  StepResult sample(float[] logits, int rows, SamplingBatch sampling, PromptTargets prompts);
}
