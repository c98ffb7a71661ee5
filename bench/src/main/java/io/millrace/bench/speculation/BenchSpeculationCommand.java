package io.millrace.bench.speculation;

import io.millrace.cli.CommandLines;
import io.millrace.cli.Flags;
import io.millrace.cli.ModelOption;
import io.millrace.engine.GenerationEngine;
import io.millrace.engine.start.EngineOptions;
import io.millrace.engine.start.EngineStart;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** The {@code bench speculation} command, which measures what speculation gains and loses. */
@Command(
    name = "speculation",
    mixinStandardHelpOptions = true,
    description = {
      "Has two engines on one model, without speculation and with it, answer the same requests in"
          + " turns: some whose answers copy their prompts, and some whose answers do not.",
      "Whatever else runs on the machine changes the figures."
    },
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class BenchSpeculationCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(BenchSpeculationCommand.class);

  @Spec private CommandSpec spec;
  @Mixin private EngineOptions engine = new EngineOptions();
  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = "--streams",
      paramLabel = "N",
      defaultValue = "1",
      description = "Requests that are answered at once (default: ${DEFAULT-VALUE}).")
  private int streams = 1;

  @Option(
      names = "--prompts",
      paramLabel = "N",
      defaultValue = "4",
      description = "Prompts of each kind (default: ${DEFAULT-VALUE}).")
  private int prompts = 4;

  @Option(
      names = "--tokens",
      paramLabel = "N",
      defaultValue = "128",
      description = "Tokens of each answer (default: ${DEFAULT-VALUE}).")
  private int tokens = 128;

  @Option(
      names = "--repeat",
      paramLabel = "N",
      defaultValue = "3",
      description = "Rounds, of which the median is told (default: ${DEFAULT-VALUE}).")
  private int repeat = 3;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Equal seeds give equal prompts (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--sets",
      paramLabel = "NAME",
      split = ",",
      description =
          "Only these sets: edit, passage, table, table at 1, random, random at 1 (default: all).")
  private List<String> sets = List.of();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    Flags.requireAtLeast("--streams", 1, streams);
    Flags.requireAtLeast("--prompts", 1, prompts);
    Flags.requireAtLeast("--tokens", 1, tokens);
    Flags.requireAtLeast("--repeat", 1, repeat);
    List<String> names = PromptSet.all(seed, 1).stream().map(PromptSet::name).toList();
    sets.forEach(name -> Flags.requireOneOf("--sets", names, name));
    engine.validate(streams);
    Flags.require(
        engine.speculation() != null,
        "--speculative-config",
        "given, as there is no default",
        "none");
    SpeculationReport report;
    AtomicReference<SwitchableDrafter> drafter = new AtomicReference<>();
    try (GenerationEngine running =
        EngineStart.start(
            model.model(),
            engine,
            streams,
            own -> drafter.updateAndGet(none -> new SwitchableDrafter(own)))) {
      SwitchableDrafter started = Objects.requireNonNull(drafter.get());
      report = report(new SpeculationBench(running, started, tokens, streams, repeat));
    }
    spec.commandLine()
        .getOut()
        .println(json ? JsonMapper.shared().writeValueAsString(report) : report.toString());
    return 0;
  }

  private SpeculationReport report(SpeculationBench bench) throws InterruptedException {
    List<PromptSet> measured =
        PromptSet.all(seed, prompts).stream()
            .filter(set -> sets.isEmpty() || sets.contains(set.name()))
            .toList();
    for (PromptSet set : measured) {
      bench.warmUp(set);
    }
    List<SpeculationResult> results = new ArrayList<>();
    for (PromptSet set : measured) {
      results.add(bench.measure(set));
      log.info("{}", results.get(results.size() - 1));
    }
    return SpeculationReport.of(model.model(), streams, tokens, repeat, results);
  }
}
