package io.millrace.api.body;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The prompts of completions and chats. */
public final class PromptFields {
  private PromptFields() {}

  /** {@code prompt} as text or token ids, or {@code prompt_token_ids}. */
  public static Prompt completion(JsonBody json) {
    boolean ids = json.has("prompt_token_ids");
    if (ids && json.has("prompt")) {
      throw new Invalid("prompt", "prompt and prompt_token_ids exclude each other");
    }
    if (ids) {
      return tokens("prompt_token_ids", json);
    }
    JsonNode prompt = json.node("prompt");
    if (prompt == null || !prompt.isArray()) {
      return new Prompt.Text(json.require("prompt", String.class));
    }
    if (prompt.size() == 1 && prompt.get(0).isString()) {
      return new Prompt.Text(prompt.get(0).stringValue());
    }
    if (prompt.size() > 0 && (prompt.get(0).isString() || prompt.get(0).isArray())) {
      throw new Invalid("prompt", "prompt may hold only one text; send several requests instead");
    }
    return tokens("prompt", json);
  }

  private static Prompt tokens(String field, JsonBody json) {
    List<Integer> ids = json.list(field, Integer.class);
    for (int i = 0; i < ids.size(); i++) {
      Invalid.unlessAtLeast(field + "[" + i + "]", ids.get(i), 0);
    }
    return new Prompt.Tokens(ids);
  }

  /**
   * {@code messages}, {@code add_generation_prompt}, {@code tools}, {@code chat_template_kwargs}.
   */
  public static Prompt.Chat chat(JsonBody json) {
    return json.as(Prompt.Chat.class);
  }
}
