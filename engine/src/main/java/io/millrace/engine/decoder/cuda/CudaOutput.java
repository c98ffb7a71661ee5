package io.millrace.engine.decoder.cuda;

import io.millrace.engine.decoder.PromptTargets;
import io.millrace.engine.decoder.StepOutput;
import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.SamplingBatch;
import java.util.function.Supplier;

/**
 * The output of a step whose logits lie on the device: tokens come from there, unless what is asked
 * for besides needs the logits on the host.
 */
final class CudaOutput implements StepOutput {
  private final StepOutput onHost;
  private final Supplier<int[]> argmax;
  private final TokenDraws draws;

  /**
   * @param onHost the same output, read from the device when it is needed
   * @param argmax gives the likeliest token of each wanted row
   */
  CudaOutput(StepOutput onHost, Supplier<int[]> argmax, TokenDraws draws) {
    this.onHost = onHost;
    this.argmax = argmax;
    this.draws = draws;
  }

  @Override
  public StepResult sample(SamplingBatch sampling, PromptTargets prompts) {
    if (sampling.isGreedy() || !prompts.isEmpty() || !draws.take(sampling)) {
      return onHost.sample(sampling, prompts);
    }
    int[] tokens = sampling.of(argmax.get()).clone();
    draws.draw(sampling, tokens);
    return new StepResult(tokens);
  }

  @Override
  public float[] logits() {
    return onHost.logits();
  }

  @Override
  public void close() {
    onHost.close();
  }
}
