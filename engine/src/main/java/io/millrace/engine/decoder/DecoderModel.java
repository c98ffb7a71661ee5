package io.millrace.engine.decoder;

import io.millrace.engine.model.ComputedStep;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.StepResult;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.simd.ThreadTeam;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A decoder-only transformer: its KV cache, and the decoders that compute its steps. */
public final class DecoderModel implements LanguageModel {
  private final ModelSpec spec;
  private final String device;
  private final KvCache cache;
  private final List<Decoder> decoders;
  private final ThreadTeam team;
  private final Runnable release;

  /**
   * Makes a model that owns its cache and decoders, and closes them.
   *
   * @param decoders the first that takes a step computes it; the last takes any
   * @param team shares the work of the decoders that are written in Java
   * @param release frees the resources that they share, after them
   */
  public DecoderModel(
      ModelSpec spec,
      String device,
      KvCache cache,
      List<Decoder> decoders,
      ThreadTeam team,
      Runnable release) {
    this.spec = spec;
    this.device = device;
    this.cache = cache;
    this.decoders = List.copyOf(decoders);
    this.team = team;
    this.release = release;
  }

  /** The threads that another model of the same engine's thread may use between the steps. */
  public ThreadTeam team() {
    return team;
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public int numBlocks() {
    return cache.numBlocks();
  }

  @Override
  public int blockSize() {
    return cache.blockSize();
  }

  @Override
  public String device() {
    return device;
  }

  @Override
  public String kernel() {
    return decoders.stream().map(Decoder::label).collect(Collectors.joining(", then "));
  }

  @Override
  public ComputedStep compute(StepPlan plan) {
    PromptTargets prompts = PromptTargets.of(plan);
    StepInput step = StepInput.of(plan, cache.blockSize(), plan.wantedRows(prompts.rows()));
    long started = System.nanoTime();
    StepOutput output = compute(plan, step);
    return new DecodedStep(output, prompts, System.nanoTime() - started - output.hostNanos());
  }

  @Override
  public float[][] logits(StepPlan plan) {
    int[] wanted = plan.wantedRows(PromptTargets.of(plan).rows());
    return logits(plan, StepInput.of(plan, cache.blockSize(), wanted));
  }

  @Override
  public float[][] logitsOfAllTokens(StepPlan plan) {
    return logits(plan, StepInput.ofAllRows(plan, cache.blockSize()));
  }

  @Override
  public void close() {
    decoders.forEach(Decoder::close);
    cache.close();
    release.run();
  }

  private StepOutput compute(StepPlan plan, StepInput step) {
    cache.hold(plan.numBlocksInUse());
    cache.copy(plan.copies());
    Decoder decoder = decoders.stream().filter(it -> it.takes(step)).findFirst().orElseThrow();
    return decoder.compute(step);
  }

  private static final class DecodedStep implements ComputedStep {
    private final StepOutput output;
    private PromptTargets prompts;
    private long nanos;

    /**
     * @param nanos nanoseconds that computing took
     */
    DecodedStep(StepOutput output, PromptTargets prompts, long nanos) {
      this.output = output;
      this.prompts = prompts;
      this.nanos = nanos;
    }

    @Override
    public StepResult sample(SamplingBatch sampling) {
      long started = System.nanoTime();
      StepResult result = output.sample(sampling, prompts);
      long all = nanos + System.nanoTime() - started;
      prompts = PromptTargets.NONE;
      nanos = 0;
      return result.withComputeNanos(all);
    }

    @Override
    public void close() {
      output.close();
    }
  }

  private float[][] logits(StepPlan plan, StepInput step) {
    float[] all;
    try (StepOutput output = compute(plan, step)) {
      all = output.logits();
    }
    float[][] rows = new float[step.wanted().length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Arrays.copyOfRange(all, i * spec.vocab(), (i + 1) * spec.vocab());
    }
    return rows;
  }
}
