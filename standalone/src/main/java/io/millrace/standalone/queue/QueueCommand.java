package io.millrace.standalone.queue;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code queue} command, under which looks at the queue are. */
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    description = "What waits in Kafka, and who works on it.",
    subcommands = QueueStatusCommand.class,
    footer = "%n'millrace queue COMMAND --help' explains a command's flags.")
public final class QueueCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
  }
}
