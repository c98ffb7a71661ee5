package io.millrace.cli;

import picocli.CommandLine.Option;

/** The flag that names a model. */
public final class ModelOption {
  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      defaultValue = ServedModel.DEFAULT_MODEL,
      description =
          "Folder or GGUF file of a model, or its card on the Hugging Face hub (default:"
              + " ${DEFAULT-VALUE}).")
  private String model = ServedModel.DEFAULT_MODEL;

  /**
   * The model: a folder, a file, or a model card.
   *
   * @throws StartFailure if none is named
   */
  public String model() {
    Flags.require(
        !model.isBlank(), "--model", "a folder, a GGUF file or a model card", '"' + model + '"');
    return model;
  }
}
