package io.millrace.toolparser;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a model writes its answers: the notation of its tool calls and the tags around its reasoning.
 *
 * @param toolCalls null if the model writes no calls that are known here, or is to write none
 * @param reasoning null if the model does not set its reasoning apart
 * @param hiddenTags texts around an answer that are no part of it
 */
public record OutputFormat(
    @Nullable ToolCallFormat toolCalls,
    @Nullable ReasoningTags reasoning,
    List<String> hiddenTags) {
  /** Plain text: what the model writes is what is shown. */
  public static final OutputFormat TEXT = new OutputFormat(null, null, List.of());

  public OutputFormat {
    hiddenTags = List.copyOf(hiddenTags);
  }

  /** What a chat template says of the model's answers. */
  public static OutputFormat of(String chatTemplate) {
    ReasoningTags reasoning = ReasoningTags.of(chatTemplate);
    boolean response = reasoning != null && chatTemplate.contains("<response></response>");
    ToolCallFormat calls = TemplateFormat.of(chatTemplate);
    return new OutputFormat(
        calls,
        reasoning,
        response
            ? List.of("<response>", "</response>")
            : calls == null ? List.of() : calls.hiddenTags());
  }

  /**
   * The same with another notation of calls. Where a name stands for an older and a newer form, the
   * one that the template has stays, else it is the older.
   *
   * @param name as of vLLM's {@code --tool-call-parser}
   * @throws IllegalArgumentException naming all names, if there is none of this name
   */
  public OutputFormat withToolCallParser(String name) {
    List<ToolCallFormat> formats = ToolCallFormat.named(name);
    if (formats.isEmpty()) {
      String shown = name.length() > 64 ? name.substring(0, 64) + "..." : name;
      throw new IllegalArgumentException(
          "no tool call parser is called %s, only %s"
              .formatted(shown, String.join(", ", ToolCallFormat.allParserNames())));
    }
    if (toolCalls != null && formats.contains(toolCalls)) {
      return this;
    }
    Set<String> hidden = new LinkedHashSet<>(hiddenTags);
    hidden.addAll(formats.get(0).hiddenTags());
    return new OutputFormat(formats.get(0), reasoning, List.copyOf(hidden));
  }

  /**
   * The same for a request that must call a function: where the template shows no notation of
   * calls, that of Hermes, which a grammar can have any model write.
   */
  public OutputFormat withForcedCalls() {
    return toolCalls != null
        ? this
        : new OutputFormat(ToolCallFormat.HERMES, reasoning, hiddenTags);
  }

  /** The same for a request without tools, or that wants none called. */
  public OutputFormat withoutToolCalls() {
    return new OutputFormat(null, reasoning, hiddenTags);
  }

  /** The same for a request that wants the reasoning left in the text. */
  public OutputFormat withoutReasoning() {
    return new OutputFormat(toolCalls, null, hiddenTags);
  }

  /**
   * The texts that structure an answer. Many are special tokens: whoever decodes tokens for an
   * {@link OutputParser} has to show these, though it hides others.
   */
  public Set<String> markers() {
    Set<String> markers = new LinkedHashSet<>(hiddenTags);
    if (toolCalls != null) {
      markers.addAll(toolCalls.markers());
    }
    if (reasoning != null) {
      markers.add(reasoning.start());
      markers.add(reasoning.end());
    }
    return markers;
  }

  /**
   * The ids of an answer's calls, as the model's template wants them.
   *
   * @param requestId of the request that is answered
   * @param choice index of the answer among those of the request
   */
  public CallIds callIds(String requestId, int choice) {
    boolean mistral =
        toolCalls == ToolCallFormat.MISTRAL || toolCalls == ToolCallFormat.MISTRAL_ARGS;
    return mistral ? CallIds.mistral(requestId, choice) : CallIds.openAi(requestId, choice);
  }
}
