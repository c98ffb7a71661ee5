package io.millrace.engine.model;

import io.millrace.engine.sampling.SamplingBatch;

/** A computed step, whose logits stay where they are until it is closed. */
public interface ComputedStep extends AutoCloseable {

  /**
   * Samples tokens. The first result has the scores of prompts' tokens, too.
   *
   * @param sampling rows that are drawn from the logits of the plan's wanted rows. If it names no
   *     sources, it uses the logits up, and is the last
   */
  StepResult sample(SamplingBatch sampling);

  @Override
  void close();
}
