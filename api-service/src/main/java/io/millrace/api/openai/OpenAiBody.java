package io.millrace.api.openai;

import io.millrace.api.body.Fields;
import io.millrace.api.exchange.Question;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonFields;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.Wire;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields that OpenAI's two endpoints share. */
final class OpenAiBody {
  /** Asking for these and getting an answer without them would be worse than a refusal. */
  private static final List<String> UNSUPPORTED =
      List.of(
          "suffix",
          "use_beam_search",
          "chat_template",
          "continue_final_message",
          "include_stop_str_in_output",
          "structured_outputs",
          "guided_json",
          "guided_regex",
          "guided_choice",
          "guided_grammar");

  private OpenAiBody() {}

  /**
   * What is asked.
   *
   * @throws Invalid naming the field at fault
   */
  static Question question(
      JsonFields body, Prompt prompt, OutputParams output, ServedModels models) {
    UNSUPPORTED.forEach(field -> Fields.unlessAbsent(body, field));
    refuseResponseFormat(body.object("response_format"));
    String model = models.resolve(body.string("model"));
    models.refuseTooLong(model, prompt);
    return new Question(
        model,
        prompt,
        Wire.sampling(body),
        stop(body, wantsPromptOnly(body)),
        OutputFields.forWorker(output),
        Fields.flag(body, "stream"));
  }

  /** Whether a stream ends with the usage. */
  static boolean includeUsage(JsonFields body) {
    JsonFields options = body.object("stream_options");
    return options != null && options.bool("include_usage", false);
  }

  /** Whether an echo without an answer is asked for, to see the prompt's log-probabilities. */
  static boolean wantsPromptOnly(JsonFields body) {
    Long maxTokens = body.integer("max_tokens");
    return maxTokens != null && maxTokens == 0 && body.bool("echo", false);
  }

  private static StopCriteria stop(JsonFields body, boolean promptOnly) {
    if (promptOnly) {
      return new StopCriteria(1, 0, List.of(), List.of(), true);
    }
    StopCriteria asked = Wire.stop(body);
    Integer newer = body.intNumber("max_completion_tokens");
    if (newer == null) {
      return asked;
    }
    Invalid.unlessAtLeast("max_completion_tokens", newer, 1);
    return new StopCriteria(
        newer, asked.minTokens(), asked.stop(), asked.stopTokenIds(), asked.ignoreEos());
  }

  private static void refuseResponseFormat(@Nullable JsonFields format) {
    String type = format == null ? null : format.string("type");
    if (type != null && !type.equals("text")) {
      throw new Invalid(
          "response_format.type",
          "response_format.type must be \"text\", but is \"%s\"".formatted(type));
    }
  }
}
