package io.millrace.engine.model;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.engine.sampling.SamplingBatch;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.vector.Team;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A decoder-only transformer: its weights, its cache, and the program that runs them. */
final class DecoderModel implements LanguageModel {
  /** For so few, waking libtorch's threads up costs more than they bring. */
  private static final int FEW_SAMPLES = 8;

  private final PtNDManager manager;
  private final int threads;
  private final Program program;
  private final DecoderWeights weights;
  private final KvCache cache;
  private final BatchBuilder batches;
  private final Sampler sampler;
  private final List<Decoding> decodings;
  private final Team team;
  private @Nullable Thread prepared;
  private int preparedThreads;

  /**
   * Takes over everything it is given, and closes it.
   *
   * @param decodings the first that takes a step computes it; the program what is left
   * @param team of their threads
   */
  DecoderModel(
      PtNDManager manager,
      int threads,
      Program program,
      DecoderWeights weights,
      KvCache cache,
      List<Decoding> decodings,
      Team team) {
    this.manager = manager;
    this.threads = threads;
    this.program = program;
    this.weights = weights;
    this.cache = cache;
    this.batches = new BatchBuilder(cache.blockSize(), weights.spec().kvHeads());
    this.sampler = new Sampler(program, manager);
    this.decodings = List.copyOf(decodings);
    this.team = team;
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
    Stream<String> labels = decodings.stream().map(Decoding::label);
    return Stream.concat(labels, Stream.of(weights.kernels().label()))
        .distinct()
        .collect(Collectors.joining(", then "));
  }

  @Override
  public StepResult step(StepPlan plan, SamplingBatch sampling) {
    PromptTargets targets = PromptTargets.of(plan);
    Optional<Decoding> decoding = decoding(plan);
    if (decoding.isPresent()) {
      return step(decoding.get(), plan, sampling, targets);
    }
    prepare(plan, threads);
    try (Arguments arguments = new Arguments(manager);
        IValue logits = program.call("logits", forward(plan, false, arguments))) {
      return sample(logits, sampling, targets);
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
    team.close();
    cache.close();
    weights.close();
    program.close();
    manager.close();
  }

  private Optional<Decoding> decoding(StepPlan plan) {
    return decodings.stream().filter(it -> it.takes(plan)).findFirst();
  }

  private StepResult step(
      Decoding decoding, StepPlan plan, SamplingBatch sampling, PromptTargets targets) {
    int[] wanted = plan.wantedRows(targets.rows());
    prepare(plan, wanted.length <= FEW_SAMPLES ? 1 : threads);
    if (sampling.isGreedy() && targets.isEmpty()) {
      return new StepResult(decoding.likeliest(plan, wanted, cache, manager));
    }
    try (PtNDManager scope = (PtNDManager) manager.newSubManager();
        PtNDArray logits = decoding.logits(plan, wanted, cache, scope);
        IValue value = IValue.from(logits)) {
      return sample(value, sampling, targets);
    }
  }

  private StepResult sample(IValue logits, SamplingBatch sampling, PromptTargets targets) {
    if (!targets.isEmpty()) {
      return sampler.sampleAndScorePrompts(logits, sampling, targets);
    }
    return sampling.numRows() == 0 ? StepResult.NOTHING : sampler.sample(logits, sampling);
  }

  private float[][] logits(StepPlan plan, boolean allRows) {
    prepare(plan, threads);
    Optional<Decoding> decoding = decoding(plan);
    if (decoding.isPresent()) {
      int[] wanted =
          allRows
              ? IntStream.range(0, plan.numTokens()).toArray()
              : plan.wantedRows(PromptTargets.of(plan).rows());
      try (PtNDArray logits = decoding.get().logits(plan, wanted, cache, manager)) {
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

  private void prepare(StepPlan plan, int torchThreads) {
    prepareThread(torchThreads);
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
   * Java's decoders have threads of their own; libtorch's are for sampling, and for the program.
   */
  private void prepareThread(int wanted) {
    if (prepared != Thread.currentThread() || preparedThreads != wanted) {
      prepared = Thread.currentThread();
      preparedThreads = wanted;
      Torch.prepareThread(wanted);
    }
  }
}
