package io.millrace.standalone.models;

import io.millrace.cli.CommandGroup;
import picocli.CommandLine.Command;

/** {@code millrace models}: the models on this machine. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description = "Lists, fetches, shows and removes the models on this machine.",
    subcommands = {
      ListModelsCommand.class,
      PullModelCommand.class,
      ShowModelCommand.class,
      RemoveModelsCommand.class
    },
    footer = {
      "%nThe caches are those of Hugging Face's own client (HF_HUB_CACHE, else HF_HOME/hub, else"
          + " ~/.cache/huggingface/hub) and MILLRACE_HOME/models (~/.cache/millrace/models).",
      "'millrace models COMMAND --help' explains a command's flags."
    })
public final class ModelsCommand extends CommandGroup {}
