package io.millrace.standalone.deadletter;

import io.millrace.cli.CommandGroup;
import picocli.CommandLine.Command;

/** The {@code dead-letters} command, under which all that can be done with them is. */
@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    description = "Requests that no worker could answer: what they are, and asking them again.",
    subcommands = {ListCommand.class, ShowCommand.class, ReplayCommand.class, PurgeCommand.class},
    footer = "%n'millrace dead-letters COMMAND --help' explains a command's flags.")
public final class DeadLettersCommand extends CommandGroup {}
