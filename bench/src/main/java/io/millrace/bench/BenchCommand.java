package io.millrace.bench;

import io.millrace.bench.checkpoint.BenchCheckpointCommand;
import io.millrace.bench.engine.BenchEngineCommand;
import io.millrace.bench.gpu.BenchGpuCheckCommand;
import io.millrace.bench.grammar.BenchGrammarCommand;
import io.millrace.bench.serve.BenchServeCommand;
import io.millrace.bench.soak.BenchSoakCommand;
import io.millrace.bench.speculation.BenchSpeculationCommand;
import io.millrace.cli.CommandGroup;
import picocli.CommandLine.Command;

/** The {@code bench} command, under which all benchmarks are. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description =
        "Measures an engine by itself, its memory, grammars, a GPU, or any OpenAI-style server over"
            + " HTTP.",
    subcommands = {
      BenchEngineCommand.class,
      BenchGrammarCommand.class,
      BenchGpuCheckCommand.class,
      BenchSoakCommand.class,
      BenchSpeculationCommand.class,
      BenchServeCommand.class,
      BenchCheckpointCommand.class
    },
    footer = "%n'millrace bench COMMAND --help' explains a command's flags.")
public final class BenchCommand extends CommandGroup {}
