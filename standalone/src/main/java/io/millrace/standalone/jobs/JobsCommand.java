package io.millrace.standalone.jobs;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace jobs}: what becomes of jobs, as an api tells it. */
@Command(
    name = "jobs",
    mixinStandardHelpOptions = true,
    description = "Lists, shows and cancels jobs over HTTP.",
    subcommands = {ListJobsCommand.class, ShowJobCommand.class, CancelJobCommand.class})
public final class JobsCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing: " + String.join(", ", spec.subcommands().keySet()));
  }
}
