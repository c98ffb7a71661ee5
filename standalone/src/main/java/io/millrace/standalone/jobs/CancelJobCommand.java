package io.millrace.standalone.jobs;

import picocli.CommandLine.Command;

/** {@code millrace jobs cancel}: takes a job back. */
@Command(
    name = "cancel",
    mixinStandardHelpOptions = true,
    description = "Cancels a job, unless it has ended, and shows what became of it.")
final class CancelJobCommand extends JobCommand {
  CancelJobCommand() {
    super("DELETE");
  }
}
