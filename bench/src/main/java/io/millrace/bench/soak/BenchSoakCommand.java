package io.millrace.bench.soak;

import io.millrace.cli.CommandLines;
import io.millrace.cli.Flags;
import io.millrace.cli.ModelOption;
import io.millrace.engine.GenerationEngine;
import io.millrace.engine.start.EngineOptions;
import io.millrace.engine.start.EngineStart;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The {@code bench soak} command, which measures whether the engine's memory stays where it is. */
@Command(
    name = "soak",
    mixinStandardHelpOptions = true,
    description = {
      "Has the engine answer many requests of random length, without Kafka and HTTP, and tells the"
          + " process's memory between them.",
      "Ends with 0 if memory is flat, and with 1 if it grows."
    },
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class BenchSoakCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(BenchSoakCommand.class);

  /**
   * Open requests for each place in the batch: more than one, so that some always wait for a place.
   */
  private static final int IN_FLIGHT_A_PLACE = 2;

  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "20000",
      description = "Requests in all (default: ${DEFAULT-VALUE}).")
  private int requests = 20_000;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "20",
      description = "How often memory is told (default: ${DEFAULT-VALUE}).")
  private int samples = 20;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "8",
      description =
          "Sequences in a step; twice as many requests are under way (default: ${DEFAULT-VALUE}).")
  private int batch = 8;

  @Option(
      names = "--max-prompt-chars",
      paramLabel = "N",
      defaultValue = "256",
      description = "Characters of the longest prompt (default: ${DEFAULT-VALUE}).")
  private int maxPrompt = 256;

  @Option(
      names = "--max-answer-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Tokens of the longest answer (default: ${DEFAULT-VALUE}).")
  private int maxAnswer = 64;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Equal seeds give equal requests (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    Flags.requireAtLeast("--samples", MemoryGrowth.LEAST_SAMPLES, samples);
    Flags.requireAtLeast("--requests", samples, requests);
    Flags.requireAtLeast("--batch", 1, batch);
    Flags.requireAtLeast("--max-prompt-chars", 1, maxPrompt);
    Flags.requireAtLeast("--max-answer-tokens", 1, maxAnswer);
    engine.validate(batch);
    ProcessMemory.rss();
    SoakReport report;
    try (GenerationEngine started = EngineStart.start(model.model(), engine, batch)) {
      report = report(started);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? JsonMapper.shared().writeValueAsString(report) : report.growth().toString());
    return report.growth().isFlat() ? 0 : 1;
  }

  private SoakReport report(GenerationEngine started) throws InterruptedException {
    SoakRequests all = new SoakRequests(seed, maxPrompt, maxAnswer, batch);
    Soak soak = new Soak(started, all, IN_FLIGHT_A_PLACE * batch);
    List<MemorySample> taken = new ArrayList<>();
    tell(MemorySample.HEADER);
    for (int i = 1; i <= samples; i++) {
      int sent = (int) ((long) requests * (i - 1) / samples);
      MemorySample sample = soak.run((int) ((long) requests * i / samples) - sent);
      taken.add(sample);
      tell(sample.toString());
    }
    return new SoakReport(
        model.model(),
        started.status().device(),
        engine.threads(),
        batch,
        maxPrompt,
        maxAnswer,
        seed,
        taken,
        MemoryGrowth.of(taken));
  }

  /** Prints a line at once, because the next one is minutes away. */
  private void tell(String line) {
    if (json) {
      log.info("{}", line);
    } else {
      spec.commandLine().getOut().println(line);
      spec.commandLine().getOut().flush();
    }
  }
}
