package io.millrace.api.body;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonRecords;
import io.millrace.protocol.Prompt;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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

  /**
   * {@code messages}, {@code add_generation_prompt}, {@code continue_final_message}, {@code tools},
   * {@code tool_choice}, {@code chat_template_kwargs}.
   */
  public static Prompt.Chat chat(JsonBody json) {
    Prompt.Chat chat = json.as(Prompt.Chat.class);
    return callsTools(json.node("tool_choice")) ? chat : chat.withoutTools();
  }

  /** Whether the model may call functions; that it must is for grammars to make sure. */
  private static boolean callsTools(@Nullable JsonNode choice) {
    String said = choice == null ? "auto" : choice.isString() ? choice.stringValue() : "";
    if (!said.equals("auto") && !said.equals("none")) {
      throw new Invalid(
          "tool_choice",
          "tool_choice must be \"auto\" or \"none\", but is "
              + JsonRecords.shown(Objects.requireNonNull(choice)));
    }
    return said.equals("auto");
  }
}
