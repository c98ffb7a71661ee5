package io.millrace.bench.gpu;

import io.millrace.bench.golden.CheckGoldenCommand;
import io.millrace.bench.perplexity.DistributionComparison;
import io.millrace.bench.perplexity.PerplexityReport;
import io.millrace.bench.soak.SoakRequests;
import io.millrace.engine.GenerationEngine;
import io.millrace.engine.model.DeviceCeilings;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.start.EngineOptions;
import io.millrace.engine.start.EngineStart;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import picocli.CommandLine;

/** The checks of whether a device computes what it should. */
record CorrectnessCheck(GpuSettings settings) {
  /** Mixed requests: greedy and drawn ones, with penalties, log-probabilities, several answers. */
  private static final int REQUESTS = 64;

  private static final int SHARING_A_STEP = 16;
  private static final int MOST_PROMPT = 200;
  private static final int MOST_ANSWER = 24;

  /** Far longer than an engine that works takes. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The most that bfloat16 may be apart from float32, in nats a token. */
  private static final double MOST_DIVERGENCE = 0.0002;

  private static final int WINDOWS = 2;
  private static final int WINDOW = 64;
  private static final int SEED = 5;

  /** Whether products of float32 are what they are called. */
  static Verdict exactProducts(DeviceCeilings ceilings) {
    return Verdict.of(
        "products in fp32",
        ceilings.productError() == 0,
        ceilings.productError() == 0
            ? "no TensorFloat-32"
            : "numbers are cut to TensorFloat-32: set NVIDIA_TF32_OVERRIDE=0");
  }

  /** Whether a folder's reference is met in float32, case by case and all in one batch. */
  Verdict golden(Path folder) {
    List<String> told = new ArrayList<>();
    boolean ok = golden(folder, told, List.of());
    ok &= golden(folder, told, List.of("--batched"));
    return Verdict.of("goldens of " + folder.getFileName(), ok, String.join("; batched ", told));
  }

  private boolean golden(Path folder, List<String> told, List<String> more) {
    StringWriter out = new StringWriter();
    List<String> arguments = new ArrayList<>(settings.flags(GpuSettings.FP32));
    arguments.addAll(more);
    arguments.add(folder.toString());
    CommandLine line =
        new CommandLine(new CheckGoldenCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(out, true))
            .setExecutionExceptionHandler(
                (e, command, parsed) -> {
                  out.write(e + "\n");
                  return CommandLine.ExitCode.SOFTWARE;
                });
    int code = line.execute(arguments.toArray(String[]::new));
    List<String> lines = out.toString().lines().toList();
    told.add(
        lines.isEmpty() ? "no case has run" : lines.get(lines.size() - 1).replaceAll("\\s+", " "));
    return code == 0;
  }

  /** Whether mixed requests, many at a time, are answered in float32 as on the CPU. */
  Verdict requests(Path folder) {
    SoakRequests requests = new SoakRequests(SEED, MOST_PROMPT, MOST_ANSWER, 2);
    List<Map<Integer, List<Integer>>> expected = answers(folder, GpuSettings.reference(), requests);
    List<Map<Integer, List<Integer>>> actual =
        answers(folder, settings.engine(GpuSettings.FP32), requests);
    int equal = 0;
    for (int i = 0; i < REQUESTS; i++) {
      boolean same = !expected.get(i).isEmpty() && expected.get(i).equals(actual.get(i));
      equal += same ? 1 : 0;
    }
    return Verdict.of(
        "mixed requests", equal == REQUESTS, "%d of %d as on the CPU".formatted(equal, REQUESTS));
  }

  private static List<Map<Integer, List<Integer>>> answers(
      Path folder, EngineOptions options, SoakRequests requests) {
    try (GenerationEngine engine =
        EngineStart.startPlain(folder.toString(), options, SHARING_A_STEP)) {
      return AnswerCollector.ask(engine, requests, REQUESTS, PATIENCE);
    }
  }

  /** Whether bfloat16 is near to float32 on a shape with random weights. */
  Verdict divergence(ModelShape shape, LanguageModel bf16, LanguageModel fp32) {
    Random random = new Random(SEED);
    int[][] windows = new int[WINDOWS][];
    for (int i = 0; i < WINDOWS; i++) {
      windows[i] = random.ints(WINDOW, 0, shape.vocab()).toArray();
    }
    PerplexityReport report = DistributionComparison.of(fp32, bf16, windows, WINDOW);
    return Verdict.of(
        "bf16 against fp32, " + shape.name(),
        report.meanDivergence() <= MOST_DIVERGENCE,
        String.format(
            Locale.ROOT,
            "KL divergence %.6f (at most %.4f), p99 %.6f, equal top tokens %.1f %%",
            report.meanDivergence(),
            MOST_DIVERGENCE,
            report.p99Divergence(),
            100 * report.equalTop()));
  }
}
