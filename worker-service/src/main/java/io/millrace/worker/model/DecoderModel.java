package io.millrace.worker.model;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.worker.sampling.SamplingBatch;
import io.millrace.worker.sampling.SamplingBatch.Drawn;
import io.millrace.worker.sampling.SamplingBatch.Penalties;
import io.millrace.worker.schedule.StepPlan;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A decoder-only transformer: its weights, its cache, and the program that runs them. */
final class DecoderModel implements LanguageModel {
  private final PtNDManager manager;
  private final int threads;
  private final Kernel kernel;
  private final Program program;
  private final DecoderWeights weights;
  private final KvCache cache;
  private final BatchBuilder batches;
  private @Nullable Thread prepared;

  /** Takes over everything it is given, and closes it. */
  DecoderModel(
      PtNDManager manager,
      int threads,
      Kernel kernel,
      Program program,
      DecoderWeights weights,
      KvCache cache) {
    this.manager = manager;
    this.threads = threads;
    this.kernel = kernel;
    this.program = program;
    this.weights = weights;
    this.cache = cache;
    this.batches = new BatchBuilder(cache.blockSize());
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
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public int[] step(StepPlan plan, SamplingBatch sampling) {
    try (Arguments arguments = forward(plan, false);
        IValue logits = program.call("logits", arguments.values())) {
      return sampling.numRows() == 0 ? new int[0] : sample(program, manager, logits, sampling);
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
    cache.close();
    weights.close();
    program.close();
    manager.close();
  }

  private float[][] logits(StepPlan plan, boolean allRows) {
    try (Arguments arguments = forward(plan, allRows)) {
      PtNDArray logits = program.tensor(arguments.tensors(), "logits", arguments.values());
      float[] all = logits.toFloatArray();
      float[][] split = new float[all.length / spec().vocab()][];
      for (int i = 0; i < split.length; i++) {
        split[i] = Arrays.copyOfRange(all, i * spec().vocab(), (i + 1) * spec().vocab());
      }
      return split;
    }
  }

  private Arguments forward(StepPlan plan, boolean allRows) {
    prepareThread();
    Batch batch = batches.build(plan, allRows);
    cache.hold(plan.numBlocksInUse());
    Arguments arguments = new Arguments(manager);
    weights.addTo(arguments);
    return arguments
        .shared(cache.keys())
        .shared(cache.values())
        .add(batch.tokens())
        .add(batch.positions())
        .add(batch.blocks())
        .add(batch.offsets())
        .add(batch.readers())
        .add(batch.sums())
        .add(batch.inPlace())
        .add(batch.gathered())
        .add(batch.scoreOrder())
        .add(batch.blockOrder())
        .addList(batch.chunks())
        .add(batch.tables())
        .add(batch.wanted());
  }

  private void prepareThread() {
    if (prepared != Thread.currentThread()) {
      prepared = Thread.currentThread();
      Torch.prepareThread(threads);
    }
  }

  static int[] sample(Program program, PtNDManager manager, IValue logits, SamplingBatch batch) {
    try (Arguments arguments = new Arguments(manager)) {
      Penalties penalties = batch.penalties();
      arguments
          .shared(logits)
          .addColumns(
              penalties.rows(),
              penalties.tokens(),
              penalties.counts(),
              penalties.repetition(),
              penalties.presence(),
              penalties.frequency())
          .addColumns(batch.forbidden().rows(), batch.forbidden().tokens());
      addDrawn(arguments, batch.plain());
      addDrawn(arguments, batch.filtered());
      arguments.add(batch.filtered().candidates());
      long[] ids = program.tensor(arguments.tensors(), "sample", arguments.values()).toLongArray();
      int[] tokens = new int[ids.length];
      for (int i = 0; i < ids.length; i++) {
        tokens[i] = Math.toIntExact(ids[i]);
      }
      return tokens;
    }
  }

  private static void addDrawn(Arguments arguments, Drawn drawn) {
    arguments.addColumns(
        drawn.rows(), drawn.temperature(), drawn.topK(), drawn.topP(), drawn.minP(), drawn.draws());
  }
}
