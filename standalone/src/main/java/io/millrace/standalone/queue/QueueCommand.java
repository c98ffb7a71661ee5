package io.millrace.standalone.queue;

import io.millrace.cli.CommandGroup;
import picocli.CommandLine.Command;

/** The {@code queue} command, under which looks at the queue are. */
@Command(
    name = "queue",
    mixinStandardHelpOptions = true,
    description = "What waits in Kafka, and who works on it.",
    subcommands = QueueStatusCommand.class,
    footer = "%n'millrace queue COMMAND --help' explains a command's flags.")
public final class QueueCommand extends CommandGroup {}
