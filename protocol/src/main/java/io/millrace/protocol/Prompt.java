package io.millrace.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the model is asked to continue: plain text, token ids, or a conversation. */
public sealed interface Prompt {

  /** Text that is encoded as it stands, with the tokenizer's own special tokens around it. */
  record Text(String text) implements Prompt {}

  /** Token ids of the served model, taken as they are. */
  record Tokens(List<Integer> ids) implements Prompt {
    public Tokens {
      ids = List.copyOf(ids);
      if (ids.isEmpty()) {
        throw new Invalid("prompt", "prompt must not be an empty list of token ids");
      }
    }
  }

  /**
   * A conversation, turned into text by the model's chat template.
   *
   * @param messages each with at least {@code role}; what else a template may read is kept as it
   *     came
   * @param addGenerationPrompt whether the template opens the answer of the assistant
   * @param tools the functions the model may call, as OpenAI writes them; null for none
   * @param templateArguments further variables of the template ({@code chat_template_kwargs})
   */
  record Chat(
      List<Map<String, Object>> messages,
      boolean addGenerationPrompt,
      @Nullable List<Map<String, Object>> tools,
      Map<String, Object> templateArguments)
      implements Prompt {
    public Chat {
      messages = List.copyOf(messages);
      if (messages.isEmpty()) {
        throw new Invalid("messages", "messages must hold at least one message");
      }
      for (int i = 0; i < messages.size(); i++) {
        if (!(messages.get(i).get("role") instanceof String role) || role.isEmpty()) {
          String param = "messages[" + i + "].role";
          throw new Invalid(param, param + " must be a string such as \"user\"");
        }
      }
    }

    /** A conversation without tools or further variables. */
    public Chat(List<Map<String, Object>> messages, boolean addGenerationPrompt) {
      this(messages, addGenerationPrompt, null, Map.of());
    }
  }
}
