package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** The input that the model is asked to continue: plain text, token ids, or a conversation. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_NULL)
public sealed interface Prompt {

  /** The value for the kind of this prompt; a new kind has an argument of its own. */
  <R> R match(Function<Text, R> text, Function<Tokens, R> tokens, Function<Chat, R> chat);

  /** Reads the prompt of a request: {@code prompt} or {@code messages}. */
  @JsonCreator
  @OneOf({"prompt", "messages"})
  static Prompt of(
      @Forms({String.class, int[].class}) @JsonProperty("prompt") @Nullable JsonNode prompt,
      @JsonProperty("messages") @Nullable List<Map<String, Object>> messages,
      @JsonProperty("add_generation_prompt") @Nullable Boolean addGenerationPrompt,
      @JsonProperty("tools") @Nullable List<Map<String, Object>> tools,
      @JsonProperty("chat_template_kwargs") @Nullable Map<String, Object> templateArguments) {
    boolean plain = prompt != null && !prompt.isNull();
    if (plain && messages != null) {
      throw new Invalid("prompt", "prompt and messages exclude each other");
    }
    if (messages != null) {
      return Chat.of(messages, addGenerationPrompt, tools, templateArguments);
    }
    if (prompt == null || !plain) {
      throw new Invalid("prompt", "prompt or messages is required");
    }
    return prompt.isArray()
        ? new Tokens(JsonRecords.readList(prompt, "prompt", Integer.class))
        : new Text(JsonRecords.read(prompt, "prompt", String.class));
  }

  /** Text that is encoded as it stands, with the tokenizer's own special tokens around it. */
  record Text(@JsonProperty("prompt") String text) implements Prompt {
    public Text {
      text = Unicode.toWellFormed(text);
    }

    @Override
    public <R> R match(Function<Text, R> text, Function<Tokens, R> tokens, Function<Chat, R> chat) {
      return text.apply(this);
    }
  }

  /** Token ids of the served model, taken as they are. */
  record Tokens(@JsonProperty("prompt") List<Integer> ids) implements Prompt {
    public Tokens {
      ids = List.copyOf(ids);
      if (ids.isEmpty()) {
        throw new Invalid("prompt", "prompt must not be an empty list of token ids");
      }
    }

    @Override
    public <R> R match(Function<Text, R> text, Function<Tokens, R> tokens, Function<Chat, R> chat) {
      return tokens.apply(this);
    }
  }

  /**
   * A conversation, turned into text by the model's chat template.
   *
   * @param messages each with {@code role} and {@code content}, a text or a list of text parts,
   *     which only a message with {@code tool_calls} may lack; what else a template may read is
   *     kept as it came
   * @param addGenerationPrompt whether the template opens the answer of the assistant
   * @param tools the functions the model may call, as OpenAI writes them; null for none
   * @param templateArguments further variables of the template ({@code chat_template_kwargs})
   */
  record Chat(
      List<Map<String, Object>> messages,
      boolean addGenerationPrompt,
      @Nullable List<Map<String, Object>> tools,
      @JsonProperty("chat_template_kwargs") @JsonInclude(Include.NON_EMPTY)
          Map<String, Object> templateArguments)
      implements Prompt {
    public Chat {
      messages = List.copyOf(messages);
      if (messages.isEmpty()) {
        throw new Invalid("messages", "messages must hold at least one message");
      }
      for (int i = 0; i < messages.size(); i++) {
        ChatMessage.check("messages[" + i + "]", messages.get(i));
      }
    }

    /** Reads a conversation; without a word on it, the template opens the answer. */
    @JsonCreator
    static Chat of(
        @Required @JsonProperty("messages") List<Map<String, Object>> messages,
        @JsonProperty("add_generation_prompt") @Nullable Boolean addGenerationPrompt,
        @JsonProperty("tools") @Nullable List<Map<String, Object>> tools,
        @JsonProperty("chat_template_kwargs") @Nullable Map<String, Object> templateArguments) {
      return new Chat(
          messages,
          addGenerationPrompt == null || addGenerationPrompt,
          tools,
          templateArguments == null ? Map.of() : templateArguments);
    }

    /** A conversation without tools or further variables. */
    public Chat(List<Map<String, Object>> messages, boolean addGenerationPrompt) {
      this(messages, addGenerationPrompt, null, Map.of());
    }

    @Override
    public <R> R match(Function<Text, R> text, Function<Tokens, R> tokens, Function<Chat, R> chat) {
      return chat.apply(this);
    }
  }
}
