package io.millrace.standalone.deadletter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code dead-letters} command, under which all that can be done with them is. */
@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    description = "Requests that no worker could answer: what they are, and asking them again.",
    subcommands = {ListCommand.class, ShowCommand.class, ReplayCommand.class, PurgeCommand.class},
    footer = "%n'millrace dead-letters COMMAND --help' explains a command's flags.")
public final class DeadLettersCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
  }
}
