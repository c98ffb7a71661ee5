package io.millrace.engine;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;

/** Turns what a request asks into the tokens that the model continues. Called from any thread. */
@FunctionalInterface
public interface PromptEncoder {

  /**
   * The token ids of a prompt, at least one.
   *
   * @throws Invalid if the prompt cannot be turned into tokens, in words for whoever sent it
   */
  int[] encode(Prompt prompt);
}
