package io.millrace.bench.gpu;

import io.millrace.bench.engine.EngineBench;
import io.millrace.bench.engine.EngineResult;
import io.millrace.cli.StartFailure;
import io.millrace.engine.model.DeviceCeilings;
import io.millrace.engine.model.LanguageModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The measurement of a model's shape against the device's ceilings.
 *
 * @param ceilings null if they are not known
 */
record SpeedCheck(GpuSettings settings, @Nullable DeviceCeilings ceilings) {
  private static final Logger log = LoggerFactory.getLogger(SpeedCheck.class);
  private static final int RUNS = 2;

  /** The speeds at all batch sizes that fit into memory and time. */
  List<Speed> measure(ModelShape shape, LanguageModel model, TimeBudget budget) {
    EngineBench bench =
        new EngineBench(model, settings.maxNumBatchedTokens(), settings.steps(), RUNS);
    List<EngineResult> results = new ArrayList<>();
    Duration last = Duration.ZERO;
    for (int batch : settings.batches()) {
      // A larger batch takes longer than the one before.
      if (!budget.allows(last.multipliedBy(2))) {
        log.warn("{} at {} rows and more is left out: no time is left", shape.name(), batch);
        break;
      }
      Duration before = budget.spent();
      try {
        bench.check(batch, settings.context());
        results.add(bench.measure(batch, settings.context()));
      } catch (StartFailure tooMuch) {
        log.warn("{} at {} rows is left out: {}", shape.name(), batch, tooMuch.getMessage());
      }
      last = budget.spent().minus(before);
    }
    return speeds(shape, results);
  }

  private List<Speed> speeds(ModelShape shape, List<EngineResult> results) {
    List<Speed> speeds = new ArrayList<>();
    results.forEach(result -> speeds.add(decode(shape, result)));
    results.stream()
        .max(Comparator.comparingDouble(EngineResult::prefill))
        .ifPresent(result -> speeds.add(prefill(shape, result)));
    return speeds;
  }

  private Speed decode(ModelShape shape, EngineResult result) {
    double bytes = shape.stepBytes(result.batch(), result.context() + settings.steps() / 2);
    double bandwidth = bytes * result.decode() / result.batch();
    return new Speed(
        shape.name(),
        Speed.DECODE,
        result.batch(),
        result.decode(),
        result.stepMillis(),
        result.hostShare(),
        share(bandwidth, ceilings == null ? 0 : ceilings.copyBandwidth()),
        share(bandwidth, ceilings == null ? 0 : ceilings.specifiedBandwidth()),
        null);
  }

  private Speed prefill(ModelShape shape, EngineResult result) {
    double flops = shape.tokenFlops(result.context()) * result.prefill();
    return new Speed(
        shape.name(),
        Speed.PREFILL,
        result.batch(),
        result.prefill(),
        0,
        0,
        share(flops, ceilings == null ? 0 : ceilings.bf16Flops()),
        0,
        null);
  }

  private static double share(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
