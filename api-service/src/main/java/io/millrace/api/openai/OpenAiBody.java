package io.millrace.api.openai;

import io.millrace.api.body.JsonBody;
import io.millrace.api.exchange.Question;
import io.millrace.api.workers.ServedModels;
import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.SchedulingParams;
import io.millrace.protocol.ServiceTier;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenizeParams;
import org.jspecify.annotations.Nullable;

/** The fields that OpenAI's two endpoints share. */
final class OpenAiBody {
  private OpenAiBody() {}

  /**
   * What is asked.
   *
   * @throws Invalid naming the field at fault
   */
  static Question question(JsonBody body, Prompt prompt, OutputParams output, ServedModels models) {
    String model = models.resolve(body.get("model", String.class));
    TokenizeParams tokenizing = body.as(TokenizeParams.class);
    models.refuseTooLong(model, prompt, tokenizing);
    return new Question(
        model,
        prompt,
        tokenizing,
        body.as(SamplingParams.class),
        stop(body),
        OutputFields.forWorker(output),
        body.as(ConstraintFields.class),
        body.as(SchedulingParams.class),
        body.flag("stream"));
  }

  /** Whether a stream ends with the usage. */
  static boolean includeUsage(JsonBody body) {
    JsonBody options = body.object("stream_options");
    if (options == null || options.isEmpty()) {
      return false;
    }
    if (!body.flag("stream")) {
      throw new Invalid("stream_options", "stream_options needs \"stream\": true");
    }
    if (options.flag("continuous_usage_stats")) {
      String param = "stream_options.continuous_usage_stats";
      throw new Invalid(param, param + " is not supported");
    }
    return options.flag("include_usage");
  }

  /** The tier that answers tell: the one that counts, if the client said something of it. */
  static @Nullable ServiceTier toldTier(Question question) {
    SchedulingParams asked = question.scheduling();
    return asked.serviceTier() == null ? null : asked.tier();
  }

  private static StopCriteria stop(JsonBody body) {
    StopCriteria asked = body.as(StopCriteria.class);
    Integer newer = body.get("max_completion_tokens", Integer.class);
    if (newer == null) {
      return asked;
    }
    Invalid.unlessAtLeast("max_completion_tokens", newer, 1);
    return asked.withMaxTokens(newer);
  }
}
