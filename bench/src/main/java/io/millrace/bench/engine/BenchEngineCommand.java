package io.millrace.bench.engine;

import io.millrace.cli.CommandLines;
import io.millrace.cli.Flags;
import io.millrace.cli.ModelOption;
import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.start.EngineOptions;
import io.millrace.engine.start.EngineStart;
import io.millrace.engine.start.ModelRuntime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The {@code bench engine} command, which measures the engine by itself. */
@Command(
    name = "engine",
    mixinStandardHelpOptions = true,
    description = {
      "Measures prompt and answer tokens a second, without Kafka and HTTP, for each batch size and"
          + " context. A batch's figures are those of all its sequences together.",
      "Whatever else runs on the machine changes the figures."
    },
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class BenchEngineCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(BenchEngineCommand.class);

  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--batch",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,8,32",
      description = "Sequences in a step, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<Integer> batches = List.of();

  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      split = ",",
      defaultValue = "256",
      description =
          "Tokens of each prompt, which answers begin after; separated by commas (default:"
              + " ${DEFAULT-VALUE}).")
  private List<Integer> contexts = List.of();

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "64",
      description = "Tokens of each answer in a run (default: ${DEFAULT-VALUE}).")
  private int steps = 64;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      defaultValue = "3",
      description = "Runs, of which the median is told (default: ${DEFAULT-VALUE}).")
  private int repeat = 3;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    requirePositive("--batch", batches);
    requirePositive("--context", contexts);
    requirePositive("--steps", List.of(steps));
    requirePositive("--repeat", List.of(repeat));
    int largest = Collections.max(batches);
    engine.validate(largest);
    EngineReport report;
    try (ModelRuntime runtime = EngineStart.load(model.model(), engine, largest)) {
      report = report(runtime.model(), largest);
    }
    spec.commandLine()
        .getOut()
        .println(json ? JsonMapper.shared().writeValueAsString(report) : report.toString());
    return 0;
  }

  private EngineReport report(LanguageModel loaded, int largest) {
    int budget = engine.maxNumBatchedTokens(largest);
    EngineBench bench = new EngineBench(loaded, budget, steps, repeat);
    contexts.forEach(context -> batches.forEach(batch -> bench.check(batch, context)));
    List<EngineResult> results = new ArrayList<>();
    for (int context : contexts) {
      for (int batch : batches) {
        log.info("measuring a batch of {} at {} tokens", batch, context);
        results.add(bench.measure(batch, context));
      }
    }
    Cpu cpu = Cpu.here();
    return new EngineReport(
        model.model(),
        engine.precision().name().toLowerCase(Locale.ROOT),
        engine.quantization().label(),
        loaded.kernel(),
        loaded.device(),
        cpu.name(),
        cpu.level(),
        cpu.cores(),
        engine.threads(),
        budget,
        steps,
        repeat,
        results);
  }

  private static void requirePositive(String flag, List<Integer> values) {
    values.forEach(value -> Flags.requireAtLeast(flag, 1, value));
  }
}
