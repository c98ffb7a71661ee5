package io.millrace.engine;

import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.ChatMessage;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
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
  private final boolean endsWithCall;
  private final boolean reasoningIsOpen;

  private ChatOutput(
      String requestId,
      OutputFormat format,
      ToolSchemas tools,
      boolean endsWithCall,
      boolean reasoningIsOpen) {
    this.requestId = requestId;
    this.format = format;
    this.tools = tools;
    this.endsWithCall = endsWithCall;
    this.reasoningIsOpen = reasoningIsOpen;
  }

  /**
   * Of one of a request's prompts.
   *
   * @param format of the model's answers to it
   * @param end of the prompt as text, special tokens included
   */
  static ChatOutput of(GenerationRequest request, Prompt asked, OutputFormat format, String end) {
    return asked.match(
        text -> text(request),
        tokens -> text(request),
        chat -> {
          OutputFormat own = chat.tools() == null ? format.withoutToolCalls() : format;
          return new ChatOutput(
              request.id(),
              own,
              ToolSchemas.of(chat.tools()),
              Boolean.FALSE.equals(chat.parallelToolCalls()),
              isOpen(chat, own.reasoning(), end));
        });
  }

  private static ChatOutput text(GenerationRequest request) {
    return new ChatOutput(request.id(), OutputFormat.TEXT, ToolSchemas.NONE, false, false);
  }

  private static boolean isOpen(Prompt.Chat chat, @Nullable ReasoningTags tags, String end) {
    if (tags == null) {
      return false;
    }
    return chat.continueFinalMessage()
        ? tags.isOpenWithin(ChatMessage.text(chat.messages().get(chat.messages().size() - 1)))
        : tags.isOpenAfter(end);
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
    return new AnswerOutput(parser, endsWithCall);
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
