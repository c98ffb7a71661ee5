package io.millrace.api.body;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonRecords;
import io.millrace.protocol.Prompt;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The prompts of completions and chats. */
public final class PromptFields {
  private static final String CONTENT = "content";

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
    for (int i = 0; i < chat.messages().size(); i++) {
      requireText("messages[" + i + "].content", chat.messages().get(i));
    }
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

  /** Content is a string or text parts, whichever; a model's template decides what it reads. */
  private static void requireText(String name, Map<String, Object> message) {
    Object content = message.get(CONTENT);
    if (content instanceof List<?> parts) {
      parts.forEach(part -> textOf(name, part));
      return;
    }
    boolean mayBeMissing = message.containsKey("tool_calls");
    if (!(content instanceof String) && !(content == null && mayBeMissing)) {
      throw new Invalid(name, name + " must be a string, but is " + content);
    }
  }

  /**
   * The text of a message of {@link #chat}: its content, or that of its parts on lines of their
   * own; empty for none.
   */
  public static String text(Map<String, Object> message) {
    Object content = message.get(CONTENT);
    if (content instanceof List<?> parts) {
      return parts.stream().map(part -> textOf(CONTENT, part)).collect(Collectors.joining("\n"));
    }
    return content instanceof String text ? text : "";
  }

  private static String textOf(String name, @Nullable Object part) {
    if (part instanceof Map<?, ?> typed
        && "text".equals(typed.get("type"))
        && typed.get("text") instanceof String text) {
      return text;
    }
    throw new Invalid(
        name, name + " may hold only parts of the form {\"type\": \"text\", \"text\": ...}");
  }
}
