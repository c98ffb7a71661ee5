package io.millrace.engine.start;

import io.millrace.protocol.Invalid;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ReasoningEffort;
import io.millrace.template.ChatTemplate;
import io.millrace.toolparser.OutputFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A chat template, and what its text shows: how the model writes its answers, and which wishes the
 * template can pass on to it. Others are refused, as nobody would obey them.
 *
 * @param format how the model writes its answers
 */
record AnswerTemplate(ChatTemplate template, OutputFormat format) {
  private static final String EFFORT = "reasoning_effort";
  private static final String SWITCH = "enable_thinking";

  /** The word alone may be said to the model: it is a variable where it is asked for. */
  private static final Pattern SHORT_SWITCH =
      Pattern.compile("\\bthinking\\s+is\\s+(?:not\\s+)?defined|\\bif\\s+(?:not\\s+)?thinking\\b");

  /**
   * What a template shows.
   *
   * @param callParser the notation of calls; null for the one that the template shows
   */
  static AnswerTemplate of(ChatTemplate template, @Nullable String callParser) {
    OutputFormat own = OutputFormat.of(template.source());
    return new AnswerTemplate(
        template, callParser == null ? own : own.withToolCallParser(callParser));
  }

  /**
   * The documents that a conversation rests on; null for none.
   *
   * @throws Invalid if the template reads none
   */
  @Nullable List<Map<String, Object>> documents(Prompt.Chat chat) {
    if (chat.documents() != null && !template.source().contains("documents")) {
      throw new Invalid("documents", "documents are not read by the model's chat template");
    }
    return chat.documents();
  }

  /**
   * The further variables of a conversation; those that it names itself win.
   *
   * @throws Invalid if the template cannot tell the model how much to reason
   */
  Map<String, Object> variables(Prompt.Chat chat) {
    ReasoningEffort effort = chat.reasoningEffort();
    if (effort == null) {
      return chat.templateArguments();
    }
    Map<String, Object> variables = new LinkedHashMap<>();
    if (template.source().contains(EFFORT)) {
      variables.put(EFFORT, effort.label());
    }
    if (template.source().contains(SWITCH)) {
      variables.put(SWITCH, effort != ReasoningEffort.NONE);
    } else if (SHORT_SWITCH.matcher(template.source()).find()) {
      variables.put("thinking", effort != ReasoningEffort.NONE);
    }
    boolean doesNotReason = format.reasoning() == null && effort == ReasoningEffort.NONE;
    if (variables.isEmpty() && !doesNotReason) {
      throw new Invalid(
          EFFORT,
          "%s cannot be %s: the model's chat template %s"
              .formatted(
                  EFFORT,
                  effort.label(),
                  format.reasoning() == null
                      ? "shows no reasoning"
                      : "has no variable for it, such as " + SWITCH));
    }
    variables.putAll(chat.templateArguments());
    return variables;
  }
}
