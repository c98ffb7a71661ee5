package io.millrace.worker.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the fastest kernel on this CPU by timing the candidates on the model's own shapes. Tables
 * of CPUs would be wrong on the next one: what is ten times slower, or does not exist at all,
 * differs from one instruction set to the other.
 */
final class KernelChoice {
  private static final Logger log = LoggerFactory.getLogger(KernelChoice.class);

  /** One sequence, a few, and a prompt or many sequences: each counts alike. */
  private static final int[] ROWS = {1, 8, 64};

  private static final int ROUNDS = 12;
  private static final int SMALL = 64;

  private final Program program;
  private final PtNDManager manager;

  KernelChoice(Program program, PtNDManager manager) {
    this.program = program;
    this.manager = manager;
  }

  /** The fastest kernel for a precision. */
  Kernel choose(ModelSpec spec, Precision precision) {
    if (manager.getDevice().isGpu()) {
      return Kernel.PLAIN;
    }
    try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
      List<Trial> trials = trials(spec, precision, scope);
      // In turns, so that whatever else the machine does meanwhile hits all of them.
      for (int round = 0; round < ROUNDS; round++) {
        trials.forEach(Trial::run);
      }
      Trial best = trials.stream().min(Comparator.comparingDouble(Trial::meanNanos)).orElseThrow();
      log.info(
          "kernel {} for {} ({})",
          best.kernel.label(),
          precision.name().toLowerCase(Locale.ROOT),
          trials.stream().map(Trial::toString).collect(Collectors.joining(", ")));
      return best.kernel;
    }
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
    try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
      PtNDArray weight = (PtNDArray) scope.randomNormal(new Shape(SMALL, SMALL));
      linear(kernel, weight, scope).apply((PtNDArray) scope.randomNormal(new Shape(1, SMALL)));
      return true;
    } catch (EngineException e) {
      log.debug("kernel {} does not exist on this machine", kernel.label(), e);
      return false;
    }
  }

  private List<Trial> trials(ModelSpec spec, Precision precision, PtNDManager scope) {
    List<PtNDArray> inputs = new ArrayList<>();
    for (int rows : ROWS) {
      inputs.add((PtNDArray) scope.randomNormal(new Shape(rows, spec.hidden())));
    }
    List<Trial> trials = new ArrayList<>();
    for (Kernel kernel : candidates(precision)) {
      if (exists(kernel) && exists(kernel.head())) {
        Trial trial = new Trial(kernel, linear(spec, kernel, scope), inputs);
        trial.run();
        trials.add(trial);
      }
    }
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
    PackedLinears linears = new PackedLinears(kernel, program, scope);
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

    /** The geometric mean over the numbers of rows. */
    double meanNanos() {
      return Math.exp(Arrays.stream(best).mapToDouble(Math::log).average().orElseThrow());
    }

    @Override
    public String toString() {
      return "%s %.2f ms".formatted(kernel.label(), meanNanos() / 1e6);
    }
  }
}
