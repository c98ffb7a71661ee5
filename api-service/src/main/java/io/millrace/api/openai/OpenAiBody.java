package io.millrace.api.openai;

import io.millrace.api.body.JsonBody;
import io.millrace.api.exchange.Question;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
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
  static Question question(JsonBody body, Prompt prompt, OutputParams output, ServedModels models) {
    UNSUPPORTED.forEach(body::refuse);
    refuseResponseFormat(body.object("response_format"));
    String model = models.resolve(body.get("model", String.class));
    models.refuseTooLong(model, prompt);
    return new Question(
        model,
        prompt,
        body.as(SamplingParams.class),
        stop(body, wantsPromptOnly(body)),
        OutputFields.forWorker(output),
        body.flag("stream"));
  }

  /** Whether a stream ends with the usage. */
  static boolean includeUsage(JsonBody body) {
    JsonBody options = body.object("stream_options");
    return options != null && options.get("include_usage", Boolean.class, false);
  }

  /** Whether an echo without an answer is asked for, to see the prompt's log-probabilities. */
  static boolean wantsPromptOnly(JsonBody body) {
    Long maxTokens = body.get("max_tokens", Long.class);
    return maxTokens != null && maxTokens == 0 && body.get("echo", Boolean.class, false);
  }

  private static StopCriteria stop(JsonBody body, boolean promptOnly) {
    if (promptOnly) {
      return StopCriteria.MODEL_DEFAULTS.withMaxTokens(1).ignoringEos();
    }
    StopCriteria asked = body.as(StopCriteria.class);
    Integer newer = body.get("max_completion_tokens", Integer.class);
    if (newer == null) {
      return asked;
    }
    Invalid.unlessAtLeast("max_completion_tokens", newer, 1);
    return asked.withMaxTokens(newer);
  }

  private static void refuseResponseFormat(@Nullable JsonBody format) {
    String type = format == null ? null : format.get("type", String.class);
    if (type != null && !type.equals("text")) {
      throw new Invalid(
          "response_format.type",
          "response_format.type must be \"text\", but is \"%s\"".formatted(type));
    }
  }
}
