package io.millrace.bench.gpu;

import io.millrace.engine.model.DeviceCeilings;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.start.EngineStart;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The run of all checks, one after the other, as long as there is time: first whether it is right,
 * then how fast it is, then how fast others are.
 */
final class GpuCheck {
  private static final Logger log = LoggerFactory.getLogger(GpuCheck.class);
  private static final long SEED = 11;

  private static final int GPU_MATRIX = 8192;
  private static final int CPU_MATRIX = 256;
  private static final long GPU_COPY = 1L << 30;
  private static final long CPU_COPY = 1L << 26;
  private static final Duration GPU_EACH = Duration.ofMillis(700);
  private static final Duration CPU_EACH = Duration.ofMillis(30);

  /** Time that a check has at least, or it is not begun. */
  private static final Duration LEAST = Duration.ofSeconds(5);

  /** How much longer than by its size a larger model may take to load. */
  private static final double LOAD_MARGIN = 1.3;

  private final GpuSettings settings;
  private final TimeBudget budget;
  private final CorrectnessCheck correctness;
  private final List<Verdict> verdicts = new ArrayList<>();
  private final List<Speed> speeds = new ArrayList<>();
  private final Map<String, String> kernels = new LinkedHashMap<>();
  private @Nullable DeviceCeilings ceilings;
  private @Nullable String python;

  /** Seconds that a number of weights took to load; 0 before the first. */
  private double secondsANumber;

  GpuCheck(GpuSettings settings) {
    this.settings = settings;
    this.budget = TimeBudget.of(settings.time());
    this.correctness = new CorrectnessCheck(settings);
  }

  /**
   * Runs what there is time for.
   *
   * @throws IllegalArgumentException if the device is not there
   */
  GpuReport run() {
    measureCeilings();
    settings.goldens().forEach(this::golden);
    if (settings.goldens().isEmpty()) {
      verdicts.add(Verdict.leftOut("mixed requests", "no --golden folder is named"));
    } else {
      check("mixed requests", () -> correctness.requests(settings.goldens().get(0)));
    }
    boolean diverged = false;
    for (ModelShape shape : settings.shapes()) {
      shape(shape, !diverged);
      diverged = true;
    }
    comparePython();
    return new GpuReport(
        ceilings == null ? settings.device() : ceilings.device(),
        kernels,
        budget.spent().toMillis() / 1000.0,
        ceilings == null ? null : GpuReport.Ceilings.of(ceilings),
        verdicts,
        speeds,
        python);
  }

  private void measureCeilings() {
    log.info("measuring what {} does at most", settings.device());
    boolean cpu = settings.onCpu();
    DeviceCeilings measured =
        EngineStart.ceilings(
            settings.engine(GpuSettings.FP32),
            cpu ? CPU_MATRIX : GPU_MATRIX,
            cpu ? CPU_COPY : GPU_COPY,
            cpu ? CPU_EACH : GPU_EACH);
    ceilings = measured;
    verdicts.add(CorrectnessCheck.exactProducts(measured));
  }

  private void golden(Path folder) {
    check("goldens of " + folder.getFileName(), () -> correctness.golden(folder));
  }

  private void shape(ModelShape shape, boolean withDivergence) {
    Duration load =
        Duration.ofMillis((long) (1000 * LOAD_MARGIN * secondsANumber * shape.weightNumbers()));
    if (!budget.allows(load.plus(LEAST))) {
      verdicts.add(Verdict.leftOut("shape " + shape.name(), "no time is left"));
      return;
    }
    log.info("loading {} in bf16 with random weights", shape.name());
    Duration before = budget.spent();
    try (LanguageModel model = load(shape, GpuSettings.BF16)) {
      secondsANumber = budget.spent().minus(before).toMillis() / 1000.0 / shape.weightNumbers();
      speeds.addAll(new SpeedCheck(settings, ceilings).measure(shape, model, budget));
      if (withDivergence) {
        check("bf16 against fp32, " + shape.name(), () -> divergence(shape, model));
      }
    } catch (RuntimeException e) {
      failed("shape " + shape.name(), e);
    }
  }

  private Verdict divergence(ModelShape shape, LanguageModel bf16) {
    try (LanguageModel fp32 = load(shape, GpuSettings.FP32)) {
      return correctness.divergence(shape, bf16, fp32);
    }
  }

  private LanguageModel load(ModelShape shape, String dtype) {
    LanguageModel model =
        EngineStart.load(
            shape.checkpoint(SEED), settings.measuredEngine(dtype), settings.largestBatch());
    kernels.put(dtype, model.kernel());
    return model;
  }

  private void comparePython() {
    PythonPeer peer = new PythonPeer(settings.python());
    if (settings.python().isBlank() || settings.shapes().isEmpty()) {
      return;
    }
    String version = peer.version().orElse(null);
    if (version == null || !budget.allows(LEAST)) {
      String why = version == null ? settings.python() + " has no torch" : "no time is left";
      verdicts.add(Verdict.leftOut("PyTorch from Python", why));
      return;
    }
    log.info("measuring torch {} from Python", version);
    List<PythonPeer.Result> results = peer.measure(order(), budget.left());
    python = results.isEmpty() ? null : results.get(0).how();
    speeds.replaceAll(speed -> speed.withPython(find(results, speed)));
  }

  private Map<String, Object> order() {
    return Map.of(
        "device", settings.device(),
        "dtype", "bfloat16",
        "seconds", budget.left().toSeconds(),
        "context", settings.context(),
        "steps", settings.steps(),
        "batches", settings.batches(),
        "compile", !settings.onCpu(),
        "shapes", settings.shapes());
  }

  /** Prompts are compared whatever their number in a step: both compute as many tokens at once. */
  private static @Nullable Double find(List<PythonPeer.Result> results, Speed speed) {
    return results.stream()
        .filter(
            result -> result.shape().equals(speed.shape()) && result.what().equals(speed.what()))
        .filter(result -> speed.what().equals(Speed.PREFILL) || result.batch() == speed.batch())
        .map(PythonPeer.Result::tokensPerSecond)
        .findFirst()
        .orElse(null);
  }

  private void check(String name, Supplier<Verdict> check) {
    if (!budget.allows(LEAST)) {
      verdicts.add(Verdict.leftOut(name, "no time is left"));
      return;
    }
    log.info("checking {}", name);
    try {
      verdicts.add(check.get());
    } catch (RuntimeException e) {
      failed(name, e);
    }
  }

  private void failed(String name, RuntimeException e) {
    log.error("{} has failed", name, e);
    verdicts.add(
        Verdict.of(name, false, String.valueOf(e.getMessage()).lines().findFirst().orElse("")));
  }
}
