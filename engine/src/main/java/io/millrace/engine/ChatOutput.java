package io.millrace.engine;

import io.millrace.engine.AnswerOutput.Ending;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.ChatMessage;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ToolChoice;
import io.millrace.toolparser.OutputFormat;
import io.millrace.toolparser.OutputParser;
import io.millrace.toolparser.ReasoningTags;
import io.millrace.toolparser.schema.ToolSchemas;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the answers to a prompt are read: those to a conversation as its template has them. */
final class ChatOutput {
  /** More than the longest tag has, and the white space after it. */
  private static final int TAG_TOKENS = 64;

  private final String requestId;
  private final OutputFormat format;
  private final ToolSchemas tools;
  private final Ending ending;
  private final boolean reasoningIsOpen;
  private final @Nullable Integer reasoningTokens;

  private ChatOutput(
      String requestId,
      OutputFormat format,
      ToolSchemas tools,
      Ending ending,
      boolean reasoningIsOpen,
      @Nullable Integer reasoningTokens) {
    this.requestId = requestId;
    this.format = format;
    this.tools = tools;
    this.ending = ending;
    this.reasoningIsOpen = reasoningIsOpen;
    this.reasoningTokens = reasoningTokens;
  }

  /** How the answers to a conversation are read, given how the model writes answers. */
  static OutputFormat format(Prompt.Chat chat, OutputFormat model) {
    if (chat.tools() == null) {
      return model.withoutToolCalls();
    }
    ToolChoice choice = chat.toolChoice();
    return choice != null && choice.isForced() ? model.withForcedCalls() : model;
  }

  /**
   * Of one of a request's prompts.
   *
   * @param format in which the answers to it are read
   * @param end of the prompt as text, special tokens included
   */
  static ChatOutput of(GenerationRequest request, Prompt asked, OutputFormat format, String end) {
    return asked.match(
        text -> text(request),
        tokens -> text(request),
        chat ->
            new ChatOutput(
                request.id(),
                format,
                ToolSchemas.of(chat.tools()),
                Ending.of(chat),
                isOpen(chat, format.reasoning(), end),
                chat.thinkingTokenBudget()));
  }

  private static ChatOutput text(GenerationRequest request) {
    return new ChatOutput(
        request.id(), OutputFormat.TEXT, ToolSchemas.NONE, Ending.FREE, false, null);
  }

  private static boolean isOpen(Prompt.Chat chat, @Nullable ReasoningTags tags, String end) {
    if (tags == null) {
      return false;
    }
    return chat.continueFinalMessage()
        ? tags.isOpenWithin(ChatMessage.text(chat.messages().get(chat.messages().size() - 1)))
        : tags.isOpenAfter(end);
  }

  /**
   * What an answer may spend on its reasoning, before its first token; null for no such limit.
   *
   * @throws Invalid if there is a limit, and no reasoning that is known here
   */
  @Nullable ReasoningBudget budget(Tokenizer tokenizer) {
    if (reasoningTokens == null) {
      return null;
    }
    ReasoningTags tags = format.reasoning();
    if (tags == null) {
      throw new Invalid(
          "thinking_token_budget",
          "thinking_token_budget needs a model that reasons, and the model's chat template shows no"
              + " reasoning");
    }
    int[] end = tokenizer.encode(tags.end(), false);
    return new ReasoningBudget(reasoningTokens, Arrays.stream(end).boxed().toList());
  }

  /** What the prompt has written of the answers, as far as that is read. */
  String begun() {
    ReasoningTags tags = format.reasoning();
    return reasoningIsOpen && tags != null ? tags.start() : "";
  }

  /** The end of a prompt as text, in which a tag would stand that opens the answer. */
  static String end(int[] prompt, Tokenizer tokenizer) {
    int from = Math.max(0, prompt.length - TAG_TOKENS);
    return tokenizer.decode(Arrays.copyOfRange(prompt, from, prompt.length), false);
  }

  /** What an answer says, before its first token. */
  AnswerOutput answer(int index) {
    boolean plain = format.equals(OutputFormat.TEXT);
    OutputParser parser =
        plain
            ? null
            : new OutputParser(format, tools, format.callIds(requestId, index), reasoningIsOpen);
    return new AnswerOutput(parser, ending);
  }

  /** The special tokens that a reader is not shown: tags are, to whoever reads calls. */
  Set<Integer> hidden(Tokenizer tokenizer) {
    if (format.markers().isEmpty()) {
      return tokenizer.specialIds();
    }
    Set<Integer> hidden = new HashSet<>(tokenizer.specialIds());
    format.markers().forEach(tag -> tokenizer.id(tag).ifPresent(hidden::remove));
    return hidden;
  }
}
