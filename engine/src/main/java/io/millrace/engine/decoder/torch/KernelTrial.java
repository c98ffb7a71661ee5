package io.millrace.engine.decoder.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.UnsupportedModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The choice of kernels by trial: the candidates are timed on this CPU, on the model's own shapes.
 * Tables of CPUs would be wrong on the next one: what is ten times slower, or does not exist at
 * all, differs from one instruction set to the other.
 */
public final class KernelTrial implements KernelChoice {
  private static final Logger log = LoggerFactory.getLogger(KernelTrial.class);

  /** Numbers of rows that are timed: one sequence, a few, many, and a prompt. */
  private static final int[] ROWS = {1, 8, 32, 128};

  /** Rounds, of which the best counts: half a second of them is rarely disturbed all the time. */
  private static final int ROUNDS = 40;

  private static final int SMALL = 64;

  /** A second kernel must save at least a tenth, or it is not worth its memory. */
  private static final double WORTH = 0.9;

  private final TorchProgram program;
  private final PtNDManager manager;

  public KernelTrial(TorchProgram program, PtNDManager manager) {
    this.program = program;
    this.manager = manager;
  }

  @Override
  public KernelPair fastest(ModelSpec spec, Precision precision, boolean room) {
    if (TorchEngine.isLikeCuda(manager.getDevice())) {
      return KernelPair.only(ofCuda(precision));
    }
    try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
      List<Trial> trials = tried(spec, candidates(precision), scope);
      Trial all = fastest(trials, 0, ROWS.length);
      Trial few = fastest(trials, 0, 1);
      Trial many = fastest(trials, 2, ROWS.length);
      boolean two =
          room
              && precision != Precision.FP32
              && few.kernel != many.kernel
              && (few.meanNanos(0, 1) < WORTH * all.meanNanos(0, 1)
                  || many.meanNanos(2, ROWS.length) < WORTH * all.meanNanos(2, ROWS.length));
      return two ? pair(few, many) : KernelPair.only(all.kernel);
    }
  }

  /** On CUDA nothing is packed, and the precision alone decides. */
  private static TorchKernel ofCuda(Precision precision) {
    return switch (precision) {
      case FP32 -> TorchKernel.PLAIN;
      case FP16 -> TorchKernel.PLAIN_FP16;
      case BF16, AUTO -> TorchKernel.PLAIN_BF16;
    };
  }

  @Override
  public KernelPair fastestForMany(
      ModelSpec spec, Precision precision, @Nullable TorchKernel quantized) {
    try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
      List<TorchKernel> kernels = new ArrayList<>(candidates(precision));
      if (quantized != null) {
        kernels.add(quantized);
      }
      return KernelPair.only(fastest(tried(spec, kernels, scope), 2, ROWS.length).kernel);
    }
  }

  @Override
  public KernelPair quantized(ModelSpec spec, TorchKernel kernel, boolean room) {
    require(kernel);
    if (!room) {
      return KernelPair.only(kernel);
    }
    try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
      List<TorchKernel> kernels = new ArrayList<>(candidates(Precision.BF16));
      kernels.add(0, kernel);
      List<Trial> trials = tried(spec, kernels, scope);
      Trial many = fastest(trials, 2, ROWS.length);
      return many.kernel == kernel ? KernelPair.only(kernel) : pair(trials.get(0), many);
    }
  }

  private static KernelPair pair(Trial few, Trial many) {
    return new KernelPair(few.kernel, many.kernel, many.best[1] < few.best[1] ? ROWS[1] : ROWS[2]);
  }

  private static Trial fastest(List<Trial> trials, int from, int to) {
    return trials.stream()
        .min(Comparator.comparingDouble(trial -> trial.meanNanos(from, to)))
        .orElseThrow();
  }

  @Override
  public TorchKernel require(TorchKernel kernel) {
    if (manager.getDevice().isGpu() && kernel != TorchKernel.PLAIN) {
      throw new UnsupportedModel(
          "kernel %s runs on a CPU only; ask for --device cpu, or leave --quantize and --kernel out"
              .formatted(kernel.label()));
    }
    if (!exists(kernel) || !exists(kernel.head())) {
      throw new UnsupportedModel("kernel %s does not exist on this CPU".formatted(kernel.label()));
    }
    return kernel;
  }

  private boolean exists(TorchKernel kernel) {
    try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
      PtNDArray weight = (PtNDArray) scope.randomNormal(new Shape(SMALL, SMALL));
      linear(kernel, weight, scope)
          .apply((PtNDArray) scope.randomNormal(new Shape(1, SMALL)))
          .close();
      return true;
    } catch (EngineException e) {
      log.debug("kernel {} does not exist on this machine", kernel.label(), e);
      return false;
    }
  }

  private List<Trial> tried(ModelSpec spec, List<TorchKernel> kernels, PtNDManager scope) {
    List<PtNDArray> inputs = new ArrayList<>();
    for (int rows : ROWS) {
      inputs.add((PtNDArray) scope.randomNormal(new Shape(rows, spec.hidden())));
    }
    List<Trial> trials = new ArrayList<>();
    for (TorchKernel kernel : kernels) {
      if (exists(kernel) && exists(kernel.head())) {
        Trial trial = new Trial(kernel, linear(spec, kernel, scope), inputs);
        trial.run();
        trials.add(trial);
      }
    }
    // In turns, so that whatever else the machine does meanwhile hits all of them.
    for (int round = 0; round < ROUNDS; round++) {
      trials.forEach(Trial::run);
    }
    log.info(
        "microseconds for {} rows: {}",
        Arrays.toString(ROWS),
        trials.stream().map(Trial::toString).collect(Collectors.joining(", ")));
    return trials;
  }

  /** Kernels that lose no more than the precision allows. */
  private static List<TorchKernel> candidates(Precision precision) {
    return switch (precision) {
      case FP32 -> List.of(TorchKernel.ONEDNN_FP32, TorchKernel.PLAIN);
      case FP16 -> List.of(TorchKernel.FBGEMM_FP16, TorchKernel.ONEDNN_FP32, TorchKernel.PLAIN);
      case BF16, AUTO ->
          List.of(
              TorchKernel.FBGEMM_FP16,
              TorchKernel.ONEDNN_BF16,
              TorchKernel.ONEDNN_FP32,
              TorchKernel.PLAIN);
    };
  }

  /** The widest linear of a layer, with random weights. */
  private UnaryOperator<PtNDArray> linear(ModelSpec spec, TorchKernel kernel, PtNDManager scope) {
    Shape shape = new Shape(2L * spec.intermediate(), spec.hidden());
    return linear(kernel, (PtNDArray) scope.randomNormal(shape), scope);
  }

  private UnaryOperator<PtNDArray> linear(TorchKernel kernel, PtNDArray weight, PtNDManager scope) {
    PackedLinears linears = new PackedLinears(KernelPair.only(kernel), program, scope);
    linears.add(weight, scope.create(new Shape(0), DataType.FLOAT32));
    return linears.first();
  }

  /** One kernel's best times so far. */
  private static final class Trial {
    private final TorchKernel kernel;
    private final UnaryOperator<PtNDArray> linear;
    private final List<PtNDArray> inputs;
    private final long[] best;

    Trial(TorchKernel kernel, UnaryOperator<PtNDArray> linear, List<PtNDArray> inputs) {
      this.kernel = kernel;
      this.linear = linear;
      this.inputs = inputs;
      this.best = new long[inputs.size()];
      Arrays.fill(best, Long.MAX_VALUE);
    }

    void run() {
      for (int i = 0; i < best.length; i++) {
        long start = System.nanoTime();
        linear.apply(inputs.get(i)).close();
        best[i] = Math.min(best[i], System.nanoTime() - start);
      }
    }

    /** The geometric mean over some of the numbers of rows. */
    double meanNanos(int from, int to) {
      return Math.exp(Arrays.stream(best, from, to).mapToDouble(Math::log).average().orElseThrow());
    }

    @Override
    public String toString() {
      return kernel.label() + Arrays.stream(best).map(nanos -> nanos / 1000).boxed().toList();
    }
  }
}
