package io.millrace.standalone.jobs;

import picocli.CommandLine.Command;

/** {@code millrace jobs show}: all that is known of a job. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows a job, and its answer once it has one.")
final class ShowJobCommand extends JobCommand {
  ShowJobCommand() {
    super("GET");
  }
}
