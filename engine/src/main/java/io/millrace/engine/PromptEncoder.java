package io.millrace.engine;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.TokenizeParams;
import io.millrace.toolparser.OutputFormat;

/**
 * The encoder of a request's prompt into the tokens that the model continues. Called from any
 * thread.
 */
@FunctionalInterface
public interface PromptEncoder {

  /**
   * The token ids of a prompt, at least one.
   *
   * @param prompt any but a batch, whose prompts are encoded one by one
   * @param params of which truncation is left to the caller
   * @throws Invalid if the prompt cannot be turned into tokens, in words for whoever sent it
   */
  int[] encode(Prompt prompt, TokenizeParams params);

  /** How the model writes its answers to a conversation, as its template shows. */
  default OutputFormat outputFormat(Prompt.Chat chat) {
    return OutputFormat.TEXT;
  }

  /** The token ids of a prompt that is encoded as is usual for its kind. */
  default int[] encode(Prompt prompt) {
    return encode(prompt, TokenizeParams.USUAL);
  }
}
