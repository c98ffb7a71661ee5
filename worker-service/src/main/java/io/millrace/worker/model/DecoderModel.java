package io.millrace.worker.model;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.worker.sampling.SamplingBatch;
import io.millrace.worker.schedule.StepPlan;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A decoder-only transformer: its weights, its cache, and the program that runs them. */
final class DecoderModel implements LanguageModel {
  private final PtNDManager manager;
  private final int threads;
  private final Program program;
  private final DecoderWeights weights;
  private final KvCache cache;
  private final BatchBuilder batches;
  private final Sampler sampler;
  private final @Nullable FewRows fewRows;
  private @Nullable Thread prepared;
  private int preparedThreads;

  /**
   * Takes over everything it is given, and closes it.
   *
   * @param fewRows computes what it takes; null for nothing
   */
  DecoderModel(
      PtNDManager manager,
      int threads,
      Program program,
      DecoderWeights weights,
      KvCache cache,
      @Nullable FewRows fewRows) {
    this.manager = manager;
    this.threads = threads;
    this.program = program;
    this.weights = weights;
    this.cache = cache;
    this.batches = new BatchBuilder(cache.blockSize(), weights.spec().kvHeads());
    this.sampler = new Sampler(program, manager);
    this.fewRows = fewRows;
  }

  @Override
  public ModelSpec spec() {
    return weights.spec();
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
    return manager
        .getDevice()
        .toString()
        .replace("gpu(", "cuda:")
        .replace(")", "")
        .replace("cpu(", "cpu");
  }

  @Override
  public String kernel() {
    String kernels = weights.kernels().label();
    return fewRows == null ? kernels : fewRows.label() + ", then " + kernels;
  }

  @Override
  public StepResult step(StepPlan plan, SamplingBatch sampling) {
    PromptTargets targets = PromptTargets.of(plan);
    if (fewRows != null && targets.isEmpty() && fewRows.takes(plan)) {
      return stepOfFew(fewRows, plan, sampling);
    }
    prepare(plan, false);
    try (Arguments arguments = new Arguments(manager);
        IValue logits = program.call("logits", forward(plan, false, arguments))) {
      if (targets.isEmpty()) {
        return sampling.numRows() == 0 ? StepResult.NOTHING : sampler.sample(logits, sampling);
      }
      return sampler.sampleAndScorePrompts(logits, sampling, targets);
    }
  }

  @Override
  public float[][] logits(StepPlan plan) {
    return logits(plan, false);
  }

  @Override
  public float[][] logitsOfAllTokens(StepPlan plan) {
    return logits(plan, true);
  }

  @Override
  public void close() {
    if (fewRows != null) {
      fewRows.close();
    }
    cache.close();
    weights.close();
    program.close();
    manager.close();
  }

  private StepResult stepOfFew(FewRows few, StepPlan plan, SamplingBatch sampling) {
    prepare(plan, true);
    if (sampling.isGreedy()) {
      return new StepResult(few.likeliest(plan, cache, manager));
    }
    try (PtNDManager scope = (PtNDManager) manager.newSubManager();
        PtNDArray logits = few.logits(plan, false, cache, scope);
        IValue value = IValue.from(logits)) {
      return sampler.sample(value, sampling);
    }
  }

  private float[][] logits(StepPlan plan, boolean allRows) {
    boolean few = fewRows != null && fewRows.takes(plan);
    prepare(plan, few);
    if (fewRows != null && few) {
      try (PtNDArray logits = fewRows.logits(plan, allRows, cache, manager)) {
        return rows(logits);
      }
    }
    try (Arguments arguments = new Arguments(manager)) {
      IValue[] values = forward(plan, allRows, arguments);
      return rows(program.tensor(arguments.tensors(), "logits", values));
    }
  }

  private float[][] rows(PtNDArray logits) {
    float[] all = logits.toFloatArray();
    float[][] split = new float[all.length / spec().vocab()][];
    for (int i = 0; i < split.length; i++) {
      split[i] = Arrays.copyOfRange(all, i * spec().vocab(), (i + 1) * spec().vocab());
    }
    return split;
  }

  private void prepare(StepPlan plan, boolean few) {
    prepareThread(few);
    cache.hold(plan.numBlocksInUse());
    cache.copy(plan.copies());
  }

  private IValue[] forward(StepPlan plan, boolean allRows, Arguments arguments) {
    Batch batch = batches.build(plan, allRows);
    weights.addTo(arguments, plan.numTokens());
    return arguments
        .shared(cache.keys())
        .shared(cache.values())
        .add(batch.tokens())
        .add(batch.positions())
        .add(batch.slots())
        .addList(batch.groups())
        .add(batch.readers())
        .add(batch.sums())
        .addList(batch.inPlace())
        .add(batch.gathered())
        .add(batch.scoreOrder())
        .add(batch.blockOrder())
        .addList(batch.chunks())
        .add(batch.tables())
        .add(batch.wanted())
        .values();
  }

  /**
   * Vectors have threads of their own; waking libtorch's for the little that is left costs more.
   */
  private void prepareThread(boolean few) {
    int wanted = few ? 1 : threads;
    if (prepared != Thread.currentThread() || preparedThreads != wanted) {
      prepared = Thread.currentThread();
      preparedThreads = wanted;
      Torch.prepareThread(wanted);
    }
  }
}
