package io.millrace.engine.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
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
 * Finds the fastest kernel on this CPU by timing the candidates on the model's own shapes. Tables
 * of CPUs would be wrong on the next one: what is ten times slower, or does not exist at all,
 * differs from one instruction set to the other.
 */
final class KernelChoice {
  private static final Logger log = LoggerFactory.getLogger(KernelChoice.class);

  /** One sequence, a few, many, and a prompt. */
  private static final int[] ROWS = {1, 8, 32, 128};

  /** For the best of so many: half a second of them is rarely all disturbed. */
  private static final int ROUNDS = 40;

  private static final int SMALL = 64;

  /** A second kernel must save at least a tenth, or it is not worth its memory. */
  private static final double WORTH = 0.9;

  private final Program program;
  private final PtNDManager manager;

  KernelChoice(Program program, PtNDManager manager) {
    this.program = program;
    this.manager = manager;
  }

  /**
   * The fastest kernels for a precision. In float32, the mode whose answers can be reproduced, it
   * is one, so that a row's numbers do not depend on how many others there are.
   *
   * @param room whether there is memory for weights that are packed twice
   */
  Kernels choose(ModelSpec spec, Precision precision, boolean room) {
    if (manager.getDevice().isGpu()) {
      return Kernels.only(Kernel.PLAIN);
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
      return two ? pair(few, many) : Kernels.only(all.kernel);
    }
  }

  /**
   * The fastest kernel for prompts and many rows, where few rows have another way.
   *
   * @param quantized another candidate, or null
   */
  Kernels forMany(ModelSpec spec, Precision precision, @Nullable Kernel quantized) {
    try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
      List<Kernel> kernels = new ArrayList<>(candidates(precision));
      if (quantized != null) {
        kernels.add(quantized);
      }
      return Kernels.only(fastest(tried(spec, kernels, scope), 2, ROWS.length).kernel);
    }
  }

  /**
   * A quantised kernel, which reads least, and beside it the fastest one for many rows.
   *
   * @param room whether there is memory for weights that are packed twice
   */
  Kernels quantized(ModelSpec spec, Kernel kernel, boolean room) {
    require(kernel);
    if (!room) {
      return Kernels.only(kernel);
    }
    try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
      List<Kernel> kernels = new ArrayList<>(candidates(Precision.BF16));
      kernels.add(0, kernel);
      List<Trial> trials = tried(spec, kernels, scope);
      Trial many = fastest(trials, 2, ROWS.length);
      return many.kernel == kernel ? Kernels.only(kernel) : pair(trials.get(0), many);
    }
  }

  private static Kernels pair(Trial few, Trial many) {
    return new Kernels(few.kernel, many.kernel, many.best[1] < few.best[1] ? ROWS[1] : ROWS[2]);
  }

  private static Trial fastest(List<Trial> trials, int from, int to) {
    return trials.stream()
        .min(Comparator.comparingDouble(trial -> trial.meanNanos(from, to)))
        .orElseThrow();
  }

  /**
   * The same kernel, if it exists on this machine.
   *
   * @throws UnsupportedModel if it does not
   */
  Kernel require(Kernel kernel) {
    if (manager.getDevice().isGpu() && kernel != Kernel.PLAIN) {
      throw new UnsupportedModel(
          "kernel %s runs on a CPU only; ask for --device cpu, or leave --quantize and --kernel out"
              .formatted(kernel.label()));
    }
    if (!exists(kernel) || !exists(kernel.head())) {
      throw new UnsupportedModel("kernel %s does not exist on this CPU".formatted(kernel.label()));
    }
    return kernel;
  }

  private boolean exists(Kernel kernel) {
    if (!kernel.isPrograms()) {
      return false;
    }
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

  private List<Trial> tried(ModelSpec spec, List<Kernel> kernels, PtNDManager scope) {
    List<PtNDArray> inputs = new ArrayList<>();
    for (int rows : ROWS) {
      inputs.add((PtNDArray) scope.randomNormal(new Shape(rows, spec.hidden())));
    }
    List<Trial> trials = new ArrayList<>();
    for (Kernel kernel : kernels) {
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
  private static List<Kernel> candidates(Precision precision) {
    return switch (precision) {
      case FP32 -> List.of(Kernel.ONEDNN_FP32, Kernel.PLAIN);
      case FP16 -> List.of(Kernel.FBGEMM_FP16, Kernel.ONEDNN_FP32, Kernel.PLAIN);
      case BF16, AUTO ->
          List.of(Kernel.FBGEMM_FP16, Kernel.ONEDNN_BF16, Kernel.ONEDNN_FP32, Kernel.PLAIN);
    };
  }

  /** The widest linear of a layer, with random weights. */
  private UnaryOperator<PtNDArray> linear(ModelSpec spec, Kernel kernel, PtNDManager scope) {
    Shape shape = new Shape(2L * spec.intermediate(), spec.hidden());
    return linear(kernel, (PtNDArray) scope.randomNormal(shape), scope);
  }

  private UnaryOperator<PtNDArray> linear(Kernel kernel, PtNDArray weight, PtNDManager scope) {
    PackedLinears linears = new PackedLinears(Kernels.only(kernel), program, scope);
    linears.add(weight, scope.create(new Shape(0), DataType.FLOAT32));
    return linears.first();
  }

  /** One kernel's best times so far. */
  private static final class Trial {
    private final Kernel kernel;
    private final UnaryOperator<PtNDArray> linear;
    private final List<PtNDArray> inputs;
    private final long[] best;

    Trial(Kernel kernel, UnaryOperator<PtNDArray> linear, List<PtNDArray> inputs) {
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
