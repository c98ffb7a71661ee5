package io.millrace.api.body;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import tools.jackson.databind.JsonNode;

/** The prompts of completions and chats. */
public final class PromptFields {
  private PromptFields() {}

  /** {@code prompt}: text, token ids, or a list of either; or {@code prompt_token_ids}. */
  public static Prompt completion(JsonBody json) {
    JsonNode prompt = json.node("prompt");
    boolean ids = json.has("prompt_token_ids");
    if (ids && prompt != null) {
      throw new Invalid("prompt", "prompt and prompt_token_ids exclude each other");
    }
    if (ids) {
      return Prompt.Tokens.of(json.list("prompt_token_ids", Integer.class), "prompt_token_ids");
    }
    return prompt == null
        ? new Prompt.Text(json.require("prompt", String.class))
        : Prompt.of(prompt, "prompt");
  }

  /** {@code messages}, and what the model is told of tools and of its template. */
  public static Prompt.Chat chat(JsonBody json) {
    return json.as(Prompt.Chat.class);
  }
}
