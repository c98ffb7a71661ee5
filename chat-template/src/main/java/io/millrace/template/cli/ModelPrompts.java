package io.millrace.template.cli;

import io.millrace.template.ChatTemplates;
import io.millrace.template.SpecialTokens;

/**
 * The parts of a model that make its prompts: chat templates, special tokens and encoder.
 *
 * @param encoder text to token ids, adding none of its own
 */
public record ModelPrompts(ChatTemplates templates, SpecialTokens specialTokens, Encoder encoder) {

  /** Text to token ids. */
  @FunctionalInterface
  public interface Encoder {
    int[] encode(String prompt);
  }

  /** Loads models by name. */
  @FunctionalInterface
  public interface Source {
    /**
     * Loads what a model's prompts need.
     *
     * @param model a folder, a GGUF file, or a model card
     * @throws IllegalArgumentException if there is no such model, in words for the person who typed
     *     it
     */
    ModelPrompts of(String model);
  }
}
