package io.millrace.worker;

import io.millrace.template.cli.ModelPrompts;
import io.millrace.worker.hub.ConsoleProgress;
import io.millrace.worker.hub.ModelResolver;
import io.millrace.worker.text.ModelText;
import io.millrace.worker.weights.BadCheckpoint;

/** Finds models for those who want their templates and tokenizers, and not their weights. */
public final class ModelTexts implements ModelPrompts.Source {
  @Override
  public ModelPrompts of(String model) {
    try {
      ModelText text =
          ModelText.load(
              ModelResolver.fromEnvironment(ConsoleProgress.onStandardError()).resolve(model));
      return ModelTemplates.of(text, new EngineOptions())
          .prompts(prompt -> text.tokenizer().encode(prompt, false));
    } catch (BadCheckpoint e) {
      throw new IllegalArgumentException("--model " + model + ": " + e.getMessage(), e);
    }
  }
}
