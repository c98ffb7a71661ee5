package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The input that the model is asked to continue: plain text, token ids, a conversation, or a batch
 * of the first two.
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_NULL)
public sealed interface Prompt {

  /** How many prompts one request may carry. */
  int MAX_PROMPTS = 1024;

  /**
   * The value for the kind of this prompt; a new kind has an argument of its own.
   *
   * @throws IllegalStateException for a batch, whose prompts are matched {@link #each} on its own
   */
  <R> R match(Function<Text, R> text, Function<Tokens, R> tokens, Function<Chat, R> chat);

  /** The prompts of a batch; of any other kind the prompt itself. */
  default List<Prompt> each() {
    return List.of(this);
  }

  /**
   * Reads the prompt of a request: {@code prompt} or {@code messages}.
   *
   * @param prompt a text, the ids of its tokens, or a list of either, each of which is answered
   */
  @JsonCreator
  @OneOf({"prompt", "messages"})
  static Prompt of(
      @Forms({String.class, int[].class, String[].class, int[][].class}) @JsonProperty("prompt")
          @Nullable JsonNode prompt,
      @JsonProperty("messages") @Nullable List<Map<String, Object>> messages,
      @JsonProperty("add_generation_prompt") @Nullable Boolean addGenerationPrompt,
      @JsonProperty("tools") @Nullable List<Map<String, Object>> tools,
      @JsonProperty("chat_template_kwargs") @Nullable Map<String, Object> templateArguments,
      @JsonProperty("continue_final_message") @Nullable Boolean continueFinalMessage,
      @Forms({String.class, Map.class}) @JsonProperty("tool_choice") @Nullable JsonNode toolChoice,
      @JsonProperty("parallel_tool_calls") @Nullable Boolean parallelToolCalls,
      @JsonProperty("documents") @Nullable List<Map<String, Object>> documents,
      @JsonProperty("chat_template") @Nullable String chatTemplate,
      @JsonProperty("reasoning_effort") @Nullable ReasoningEffort reasoningEffort,
      @JsonProperty("thinking_token_budget") @Nullable Integer thinkingTokenBudget) {
    boolean plain = prompt != null && !prompt.isNull();
    if (plain && messages != null) {
      throw new Invalid("prompt", "prompt and messages exclude each other");
    }
    if (messages != null) {
      return Chat.of(
          messages,
          addGenerationPrompt,
          tools,
          templateArguments,
          continueFinalMessage,
          toolChoice,
          parallelToolCalls,
          documents,
          chatTemplate,
          reasoningEffort,
          thinkingTokenBudget);
    }
    if (prompt == null || !plain) {
      throw new Invalid("prompt", "prompt or messages is required");
    }
    return of(prompt, "prompt");
  }

  /**
   * Reads a text, token ids, or a list of either. A list of one is that one.
   *
   * @param name of the field that holds it
   */
  static Prompt of(JsonNode value, String name) {
    boolean batch = value.path(0).isString() || value.path(0).isArray();
    if (!batch) {
      return single(value, name);
    }
    if (value.size() > MAX_PROMPTS) {
      throw new Invalid(
          name,
          "%s may hold at most %d prompts, but holds %d"
              .formatted(name, MAX_PROMPTS, value.size()));
    }
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      prompts.add(single(value.get(i), name + "[" + i + "]"));
    }
    return prompts.size() == 1 ? prompts.get(0) : new Batch(prompts);
  }

  private static Prompt single(JsonNode value, String name) {
    return value.isArray()
        ? Tokens.of(JsonRecords.readList(value, name, Integer.class), name)
        : new Text(JsonRecords.read(value, name, String.class));
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
      requireSome(ids, "prompt");
    }

    /**
     * Token ids of a field.
     *
     * @throws Invalid naming the field, if there are none or one is negative
     */
    public static Tokens of(List<Integer> ids, String name) {
      requireSome(ids, name);
      for (int i = 0; i < ids.size(); i++) {
        Invalid.unlessAtLeast(name + "[" + i + "]", ids.get(i), 0);
      }
      return new Tokens(ids);
    }

    private static void requireSome(List<Integer> ids, String name) {
      if (ids.isEmpty()) {
        throw new Invalid(name, name + " must not be an empty list of token ids");
      }
    }

    @Override
    public <R> R match(Function<Text, R> text, Function<Tokens, R> tokens, Function<Chat, R> chat) {
      return tokens.apply(this);
    }
  }

  /**
   * Several prompts in one request, each answered on its own.
   *
   * @param prompts texts or token ids, at least two
   */
  record Batch(@JsonIgnore List<Prompt> prompts) implements Prompt {
    public Batch {
      prompts = List.copyOf(prompts);
    }

    /** As JSON has them. */
    @JsonProperty("prompt")
    List<Object> values() {
      return prompts.stream()
          .<Object>map(prompt -> prompt.match(Text::text, Tokens::ids, chat -> chat.messages()))
          .toList();
    }

    @Override
    public List<Prompt> each() {
      return prompts;
    }

    @Override
    public <R> R match(Function<Text, R> text, Function<Tokens, R> tokens, Function<Chat, R> chat) {
      throw unanswerable();
    }

    private static IllegalStateException unanswerable() {
      return new IllegalStateException("a batch is made of texts and token ids, one by one");
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
   * @param continueFinalMessage whether the last message is left open for the model to go on with
   * @param toolChoice which functions must or may be called; null if any may and none must
   * @param parallelToolCalls false if the answer ends with its first call; null if not
   * @param documents what the answer is to rest on, for a template that reads them; null for none
   * @param chatTemplate a template in place of the model's, where the worker has {@code
   *     --trust-request-chat-template}; null for the model's
   * @param reasoningEffort how much the model is to reason, for a template that can tell it; null
   *     for what is usual
   * @param thinkingTokenBudget after so many tokens of reasoning its end is forced; null for never
   */
  record Chat(
      List<Map<String, Object>> messages,
      boolean addGenerationPrompt,
      @Nullable List<Map<String, Object>> tools,
      @JsonProperty("chat_template_kwargs") @JsonInclude(Include.NON_EMPTY)
          Map<String, Object> templateArguments,
      @JsonInclude(Include.NON_DEFAULT) boolean continueFinalMessage,
      @Nullable ToolChoice toolChoice,
      @Nullable Boolean parallelToolCalls,
      @Nullable List<Map<String, Object>> documents,
      @Nullable String chatTemplate,
      @Nullable ReasoningEffort reasoningEffort,
      @Limit(min = 0) @Nullable Integer thinkingTokenBudget)
      implements Prompt {
    /** How many messages a conversation may have. */
    private static final int MAX_MESSAGES = 16 * 1024;

    /** How many functions the model may be told of. */
    private static final int MAX_TOOLS = 1024;

    /** How many documents an answer may rest on. */
    private static final int MAX_DOCUMENTS = 1024;

    private static final String TOOL_CALLS = "tool_calls";

    public Chat {
      Lists.requireAtMost("messages", messages.size(), MAX_MESSAGES);
      Lists.requireObjects("messages", messages);
      Lists.requireObjects("tools", tools);
      Lists.requireObjects("documents", documents);
      messages = messages.stream().map(Chat::withoutEmptyCalls).toList();
      ToolChoice choice = toolChoice == null ? ToolChoice.AUTO : toolChoice;
      boolean none = tools == null || tools.isEmpty() || choice.equals(ToolChoice.NONE);
      tools = none ? null : List.copyOf(tools);
      choice.check(tools);
      toolChoice = none || choice.equals(ToolChoice.AUTO) ? null : choice;
      parallelToolCalls = Boolean.FALSE.equals(parallelToolCalls) ? false : null;
      Lists.requireAtMost("tools", tools == null ? 0 : tools.size(), MAX_TOOLS);
      Tools.check(tools == null ? List.of() : tools);
      documents = documents == null || documents.isEmpty() ? null : List.copyOf(documents);
      Lists.requireAtMost("documents", documents == null ? 0 : documents.size(), MAX_DOCUMENTS);
      chatTemplate = chatTemplate == null || chatTemplate.isBlank() ? null : chatTemplate;
      NamedConstraint.requireShort(
          "chat_template", chatTemplate == null ? 0 : chatTemplate.length());
      if (thinkingTokenBudget != null) {
        Invalid.unlessAtLeast("thinking_token_budget", thinkingTokenBudget, 0);
      }
      if (continueFinalMessage && addGenerationPrompt) {
        throw new Invalid(
            "continue_final_message",
            "continue_final_message needs \"add_generation_prompt\": false");
      }
      if (messages.isEmpty()) {
        throw new Invalid("messages", "messages must hold at least one message");
      }
      for (int i = 0; i < messages.size(); i++) {
        ChatMessage.check("messages[" + i + "]", messages.get(i));
      }
    }

    /** A list of no calls, or null, is none: templates ask only whether the field is there. */
    private static Map<String, Object> withoutEmptyCalls(Map<String, Object> message) {
      Object calls = message.get(TOOL_CALLS);
      boolean none = calls == null || (calls instanceof List<?> list && list.isEmpty());
      if (!message.containsKey(TOOL_CALLS) || !none) {
        return message;
      }
      Map<String, Object> rest = new LinkedHashMap<>(message);
      rest.remove(TOOL_CALLS);
      return rest;
    }

    /**
     * Reads a conversation; without a word on it, the template opens the answer unless the last
     * message is to be continued.
     */
    @JsonCreator
    static Chat of(
        @Required @JsonProperty("messages") List<Map<String, Object>> messages,
        @JsonProperty("add_generation_prompt") @Nullable Boolean addGenerationPrompt,
        @JsonProperty("tools") @Nullable List<Map<String, Object>> tools,
        @JsonProperty("chat_template_kwargs") @Nullable Map<String, Object> templateArguments,
        @JsonProperty("continue_final_message") @Nullable Boolean continueFinalMessage,
        @Forms({String.class, Map.class}) @JsonProperty("tool_choice")
            @Nullable JsonNode toolChoice,
        @JsonProperty("parallel_tool_calls") @Nullable Boolean parallelToolCalls,
        @JsonProperty("documents") @Nullable List<Map<String, Object>> documents,
        @JsonProperty("chat_template") @Nullable String chatTemplate,
        @JsonProperty("reasoning_effort") @Nullable ReasoningEffort reasoningEffort,
        @JsonProperty("thinking_token_budget") @Nullable Integer thinkingTokenBudget) {
      boolean continues = continueFinalMessage != null && continueFinalMessage;
      return new Chat(
          messages,
          addGenerationPrompt == null ? !continues : addGenerationPrompt,
          tools,
          templateArguments == null ? Map.of() : templateArguments,
          continues,
          ToolChoice.of(toolChoice),
          parallelToolCalls,
          documents,
          chatTemplate,
          reasoningEffort,
          thinkingTokenBudget);
    }

    /** A conversation with what is said of tools, rendered by the model's template alone. */
    public Chat(
        List<Map<String, Object>> messages,
        boolean addGenerationPrompt,
        @Nullable List<Map<String, Object>> tools,
        Map<String, Object> templateArguments,
        boolean continueFinalMessage,
        @Nullable ToolChoice toolChoice,
        @Nullable Boolean parallelToolCalls) {
      this(
          messages,
          addGenerationPrompt,
          tools,
          templateArguments,
          continueFinalMessage,
          toolChoice,
          parallelToolCalls,
          null,
          null,
          null,
          null);
    }

    /** A conversation whose last message is complete. */
    public Chat(
        List<Map<String, Object>> messages,
        boolean addGenerationPrompt,
        @Nullable List<Map<String, Object>> tools,
        Map<String, Object> templateArguments) {
      this(messages, addGenerationPrompt, tools, templateArguments, false, null, null);
    }

    /** The same conversation, in which the model may call functions. */
    public Chat withTools(
        List<Map<String, Object>> functions, ToolChoice choice, boolean parallel) {
      return with(addGenerationPrompt, continueFinalMessage, functions, choice, parallel);
    }

    /** The same conversation, whose last message the model goes on with. */
    public Chat continuingFinalMessage() {
      return with(false, true, tools, toolChoice, parallelToolCalls);
    }

    private Chat with(
        boolean opens,
        boolean continues,
        @Nullable List<Map<String, Object>> functions,
        @Nullable ToolChoice choice,
        @Nullable Boolean parallel) {
      return new Chat(
          messages,
          opens,
          functions,
          templateArguments,
          continues,
          choice,
          parallel,
          documents,
          chatTemplate,
          reasoningEffort,
          thinkingTokenBudget);
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
