package io.millrace.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only has commands of its own, one of which must be named. */
public abstract class CommandGroup implements Runnable {
  @Spec private CommandSpec spec;

  /**
   * Refuses the command by itself.
   *
   * @throws ParameterException naming the commands that there are
   */
  @Override
  public final void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
  }
}
