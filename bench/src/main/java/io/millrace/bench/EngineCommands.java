package io.millrace.bench;

import io.millrace.bench.golden.CheckGoldenCommand;
import io.millrace.bench.perplexity.PerplexityCommand;
import io.millrace.cli.CommandGroup;
import io.millrace.cli.CommandLines;
import picocli.CommandLine.Command;

/** The commands that need an engine and nothing else, as a program of their own. */
@Command(
    name = "millrace",
    mixinStandardHelpOptions = true,
    description = "Runs what needs an engine alone: no Kafka, no web server.",
    subcommands = {BenchCommand.class, CheckGoldenCommand.class, PerplexityCommand.class})
public final class EngineCommands extends CommandGroup {

  /** Runs a command, and ends with its exit code. */
  public static void main(String[] args) {
    System.exit(CommandLines.execute(new EngineCommands(), args));
  }
}
