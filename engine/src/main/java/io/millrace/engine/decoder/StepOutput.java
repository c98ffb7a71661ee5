package io.millrace.engine.decoder;

import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.SamplingBatch;

/** The logits of a step's wanted rows, wherever they lie, and what can be made of them. */
public interface StepOutput extends AutoCloseable {

  /**
   * Chooses tokens; the logits are used up.
   *
   * @param sampling rows that are drawn from the first wanted rows
   * @param prompts tokens that the wanted rows after them tell of
   */
  StepResult sample(SamplingBatch sampling, PromptTargets prompts);

  /** [wanted x vocab] raw scores. */
  float[] logits();

  /** Nanoseconds that went into laying the step out for this decoder, and not into computing. */
  default long hostNanos() {
    return 0;
  }

  @Override
  void close();
}
