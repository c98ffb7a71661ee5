package io.millrace.standalone;

import io.millrace.api.ApiCommand;
import io.millrace.bench.BenchCommand;
import io.millrace.bench.golden.CheckGoldenCommand;
import io.millrace.bench.perplexity.PerplexityCommand;
import io.millrace.cli.CommandLines;
import io.millrace.engine.start.ModelPromptsSource;
import io.millrace.service.FatalErrors;
import io.millrace.service.SpringDefaults;
import io.millrace.standalone.bench.BenchOverloadCommand;
import io.millrace.standalone.bench.BenchQueueCommand;
import io.millrace.standalone.bench.BenchWorkersCommand;
import io.millrace.standalone.bench.SimulatedWorkerCommand;
import io.millrace.standalone.chat.AskCommand;
import io.millrace.standalone.chat.ChatCommand;
import io.millrace.standalone.deadletter.DeadLettersCommand;
import io.millrace.standalone.jobs.JobsCommand;
import io.millrace.standalone.models.ModelsCommand;
import io.millrace.standalone.queue.QueueCommand;
import io.millrace.template.cli.RenderCommand;
import io.millrace.worker.WorkerCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code millrace} command. */
@Command(
    name = "millrace",
    mixinStandardHelpOptions = true,
    version = "millrace 0.1.0",
    description = "Serves language models over HTTP and Kafka.",
    subcommands = {
      ServeCommand.class,
      ChatCommand.class,
      AskCommand.class,
      BrokerCommand.class,
      ApiCommand.class,
      WorkerCommand.class,
      QueueCommand.class,
      DeadLettersCommand.class,
      JobsCommand.class,
      ModelsCommand.class,
      CheckGoldenCommand.class,
      PerplexityCommand.class,
      BenchCommand.class
    },
    footer = "%n'millrace COMMAND --help' explains a command's flags.")
public final class Millrace implements Runnable {
  @Spec private CommandSpec spec;

  private Millrace() {}

  public static void main(String[] args) {
    FatalErrors.endTheProcess();
    System.exit(CommandLines.execute(commandLine(), new SpringDefaults(), args));
  }

  /** The command with all of its subcommands. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Millrace());
    line.addSubcommand(new RenderCommand(new ModelPromptsSource()));
    line.getSubcommands()
        .get("bench")
        .addSubcommand(new BenchQueueCommand())
        .addSubcommand(new BenchOverloadCommand())
        .addSubcommand(new BenchWorkersCommand())
        .addSubcommand(new SimulatedWorkerCommand());
    return line;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
  }
}
