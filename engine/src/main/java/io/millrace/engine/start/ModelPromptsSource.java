package io.millrace.engine.start;

import io.millrace.models.hub.ConsoleProgress;
import io.millrace.models.text.ModelText;
import io.millrace.models.weights.BadCheckpoint;
import io.millrace.template.cli.ModelPrompts;

/**
 * The source of a model's templates and tokenizer for the render command, which needs no weights.
 */
public final class ModelPromptsSource implements ModelPrompts.Source {
  @Override
  public ModelPrompts of(String model) {
    try {
      ModelText text = ModelText.load(EngineStart.find(model, ConsoleProgress.onStandardError()));
      return ModelTemplates.of(text, new EngineOptions())
          .prompts(prompt -> text.tokenizer().encode(prompt, false));
    } catch (BadCheckpoint e) {
      throw new IllegalArgumentException("--model " + model + ": " + e.getMessage(), e);
    }
  }
}
