package io.millrace.engine;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;

/**
 * The encoder of a request's prompt into the tokens that the model continues. Called from any
 * thread.
 */
@FunctionalInterface
public interface PromptEncoder {

  /**
   * The token ids of a prompt, at least one.
   *
   * @throws Invalid if the prompt cannot be turned into tokens, in words for the client that sent
   *     it
   */
  int[] encode(Prompt prompt);
}
