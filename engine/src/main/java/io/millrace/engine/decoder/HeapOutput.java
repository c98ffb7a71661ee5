package io.millrace.engine.decoder;

import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.SamplingBatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The output of a step whose logits lie on Java's heap, once somebody wants them. */
public final class HeapOutput implements StepOutput {
  private final int rows;
  private final Supplier<float[]> computeLogits;
  private final Supplier<int[]> computeArgmax;
  private final LogitsSampler sampler;
  private float @Nullable [] logits;
  private int @Nullable [] argmax;

  /**
   * @param rows that are wanted
   * @param computeLogits gives [rows x vocab]
   * @param computeArgmax gives [rows] the likeliest tokens, for less work
   * @param sampler samples tokens where these are not enough
   */
  public HeapOutput(
      int rows,
      Supplier<float[]> computeLogits,
      Supplier<int[]> computeArgmax,
      LogitsSampler sampler) {
    this.rows = rows;
    this.computeLogits = computeLogits;
    this.computeArgmax = computeArgmax;
    this.sampler = sampler;
  }

  @Override
  public StepResult sample(SamplingBatch sampling, PromptTargets prompts) {
    if (sampling.isGreedy() && prompts.isEmpty()) {
      return new StepResult(sampling.of(argmax()));
    }
    long[] sources = sampling.sources();
    if (sources.length == 0 || !prompts.isEmpty()) {
      return sampler.sample(logits(), rows, sampling, prompts);
    }
    return sampler.sample(logitsOf(sources), sources.length, sampling.withOwnLogits(), prompts);
  }

  @Override
  public float[] logits() {
    if (logits == null) {
      logits = computeLogits.get();
    }
    return logits;
  }

  private int[] argmax() {
    if (argmax == null) {
      argmax = computeArgmax.get();
    }
    return argmax;
  }

  /** The logits of some rows alone, because all that is given to the sampler is copied. */
  private float[] logitsOf(long[] sources) {
    float[] all = logits();
    int vocab = all.length / rows;
    float[] some = new float[Math.multiplyExact(sources.length, vocab)];
    for (int i = 0; i < sources.length; i++) {
      System.arraycopy(all, (int) sources[i] * vocab, some, i * vocab, vocab);
    }
    return some;
  }

  @Override
  public void close() {}
}
