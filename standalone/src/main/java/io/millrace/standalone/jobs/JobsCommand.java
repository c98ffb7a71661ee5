package io.millrace.standalone.jobs;

import io.millrace.cli.CommandGroup;
import picocli.CommandLine.Command;

/** {@code millrace jobs}: what becomes of jobs, as an api tells it. */
@Command(
    name = "jobs",
    mixinStandardHelpOptions = true,
    description = "Lists, shows and cancels jobs over HTTP.",
    subcommands = {ListJobsCommand.class, ShowJobCommand.class, CancelJobCommand.class})
public final class JobsCommand extends CommandGroup {}
