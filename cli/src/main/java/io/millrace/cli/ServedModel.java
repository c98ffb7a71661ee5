package io.millrace.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of the model that is served: which, and under which name clients ask for it. */
public final class ServedModel {
  /** The model card that is served when none is named. */
  public static final String DEFAULT_MODEL = "HuggingFaceTB/SmolLM2-135M-Instruct";

  private static final int MOST_CHARACTERS = 256;

  @Mixin private ModelOption model = new ModelOption();

  @Option(
      names = {"--model-name", "--served-model-name"},
      paramLabel = "NAME",
      description = "The name clients use (default: the last part of --model).")
  private @Nullable String modelName;

  /**
   * Refuses a model without a name.
   *
   * @throws StartFailure naming the flag
   */
  public void validate() {
    String name = name();
    Flags.require(
        !name.isBlank() && name.length() <= MOST_CHARACTERS,
        "--model-name",
        "a name of at most %d characters".formatted(MOST_CHARACTERS),
        name.length() <= MOST_CHARACTERS ? '"' + name + '"' : "one of " + name.length());
  }

  /** The model: a folder, a file, or a model card. */
  public String model() {
    return model.model();
  }

  /** The name in requests, answers and topics. */
  public String name() {
    if (modelName != null) {
      return modelName;
    }
    String trimmed = model().replaceFirst("[/\\\\]+$", "");
    String last =
        trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1);
    return last.replaceFirst("(?i)\\.gguf$", "");
  }
}
