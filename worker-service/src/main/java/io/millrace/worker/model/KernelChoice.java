package io.millrace.worker.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.ArrayList;
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
  private static final int[] ROWS = {1, 16};
  private static final int REPETITIONS = 5;

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
    List<Kernel> candidates = candidates(precision);
    List<Timing> timings = new ArrayList<>();
    for (Kernel kernel : candidates) {
      try {
        timings.add(new Timing(kernel, time(spec, kernel)));
      } catch (EngineException | UnsupportedOperationException e) {
        log.debug("kernel {} does not exist on this machine", kernel.label(), e);
      }
    }
    Timing best =
        timings.stream()
            .min((a, b) -> Long.compare(a.nanos, b.nanos))
            .orElse(new Timing(Kernel.PLAIN, 0));
    log.info(
        "kernel {} for {} ({})",
        best.kernel.label(),
        precision.name().toLowerCase(Locale.ROOT),
        timings.stream().map(Timing::toString).collect(Collectors.joining(", ")));
    return best.kernel;
  }

  private static List<Kernel> candidates(Precision precision) {
    return precision == Precision.FP32
        ? List.of(Kernel.ONEDNN_FP32, Kernel.PLAIN)
        : List.of(Kernel.FBGEMM_FP16, Kernel.ONEDNN_BF16, Kernel.ONEDNN_FP32, Kernel.PLAIN);
  }

  private record Timing(Kernel kernel, long nanos) {
    @Override
    public String toString() {
      return "%s %.2f ms".formatted(kernel.label(), nanos / 1e6);
    }
  }

  /** Nanoseconds for one row and for several, the best of a few runs each. */
  private long time(ModelSpec spec, Kernel kernel) {
    try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
      UnaryOperator<PtNDArray> linear = linear(spec, kernel, scope);
      long sum = 0;
      for (int rows : ROWS) {
        PtNDArray x = (PtNDArray) scope.randomNormal(new Shape(rows, spec.hidden()));
        long best = Long.MAX_VALUE;
        for (int i = 0; i < REPETITIONS; i++) {
          long start = System.nanoTime();
          linear.apply(x).close();
          best = Math.min(best, System.nanoTime() - start);
        }
        sum += best;
      }
      return sum;
    }
  }

  private UnaryOperator<PtNDArray> linear(ModelSpec spec, Kernel kernel, PtNDManager scope) {
    DecoderWeights.Builder builder = new DecoderWeights.Builder(spec, kernel, program, scope);
    builder.addLinear(
        (PtNDArray) scope.randomNormal(new Shape(2L * spec.intermediate(), spec.hidden())),
        scope.create(new Shape(0), DataType.FLOAT32));
    return builder.firstLinear();
  }
}
