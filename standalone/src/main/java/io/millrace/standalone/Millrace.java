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
import io.millrace.standalone.chat.AskCommand;
import io.millrace.standalone.chat.ChatCommand;
import io.millrace.standalone.deadletter.DeadLettersCommand;
import io.millrace.standalone.jobs.JobsCommand;
import io.millrace.standalone.models.ModelsCommand;
import io.millrace.standalone.queue.QueueCommand;
import io.millrace.template.cli.RenderCommand;
import io.millrace.worker.WorkerCommand;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
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
    footer = "%n'millrace COMMAND --help' explains a command's flags.")
public final class Millrace implements Runnable {
  /** In the order of the help. */
  private static final Map<String, Supplier<Object>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("serve", ServeCommand::new);
    COMMANDS.put("chat", ChatCommand::new);
    COMMANDS.put("ask", AskCommand::new);
    COMMANDS.put("broker", BrokerCommand::new);
    COMMANDS.put("api", ApiCommand::new);
    COMMANDS.put("worker", WorkerCommand::new);
    COMMANDS.put("queue", QueueCommand::new);
    COMMANDS.put("dead-letters", DeadLettersCommand::new);
    COMMANDS.put("jobs", JobsCommand::new);
    COMMANDS.put("models", ModelsCommand::new);
    COMMANDS.put("check-golden", CheckGoldenCommand::new);
    COMMANDS.put("perplexity", PerplexityCommand::new);
    COMMANDS.put("bench", Millrace::bench);
    COMMANDS.put("render", () -> new RenderCommand(new ModelPromptsSource()));
  }

  @Spec private CommandSpec spec;

  private Millrace() {}

  public static void main(String[] args) {
    FatalErrors.endTheProcess();
    SpringDefaults defaults = new SpringDefaults();
    System.exit(CommandLines.execute(commandLine(args), defaults, args));
  }

  /** The command with all of its subcommands. */
  static CommandLine commandLine() {
    return commandLine(COMMANDS.keySet());
  }

  /**
   * The command with the subcommand alone that the arguments begin with, as to look at the flags of
   * all takes half a second of every start; with all where they begin with none.
   */
  static CommandLine commandLine(String... args) {
    return args.length > 0 && COMMANDS.containsKey(args[0])
        ? commandLine(Set.of(args[0]))
        : commandLine();
  }

  private static CommandLine commandLine(Set<String> names) {
    CommandLine line = new CommandLine(new Millrace());
    names.forEach(
        name -> line.addSubcommand(name, Objects.requireNonNull(COMMANDS.get(name)).get()));
    return line;
  }

  private static CommandLine bench() {
    return new CommandLine(new BenchCommand())
        .addSubcommand(new BenchQueueCommand())
        .addSubcommand(new BenchOverloadCommand())
        .addSubcommand(new BenchWorkersCommand());
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
  }
}
