package io.millrace.engine.model;

import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.schedule.StepPlan;

/** A model that computes planned steps. Owned by one thread. */
public interface LanguageModel extends AutoCloseable {

  ModelSpec spec();

  /** Blocks in the KV cache. */
  int numBlocks();

  /** Tokens of a block. */
  int blockSize();

  /** The name of the device, such as {@code cpu} or {@code cuda:0}. */
  String device();

  /** The decoders' labels, in the order in which they are asked. */
  String kernel();

  /**
   * Computes a step, to be sampled from. Sequences that want the log-probabilities of their prompts
   * get those that the step's logits give.
   *
   * @return valid until the next step
   */
  ComputedStep compute(StepPlan plan);

  /**
   * Computes a step and samples.
   *
   * @param sampling rows that are drawn from the logits of {@link StepPlan#sampled}, in that order
   */
  default StepResult step(StepPlan plan, SamplingBatch sampling) {
    try (ComputedStep step = compute(plan)) {
      return step.sample(sampling);
    }
  }

  /**
   * Computes a step and returns the raw scores of all tokens for each of {@link StepPlan#sampled}.
   */
  float[][] logits(StepPlan plan);

  /** Computes a step and returns the raw scores of what follows each of its tokens, in order. */
  float[][] logitsOfAllTokens(StepPlan plan);

  @Override
  void close();
}
