package io.millrace.api.seed;

import io.millrace.api.body.JsonBody;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of transformers' GenerationConfig, with its defaults: greedy unless asked otherwise.
 */
final class GenerationFields {
  /** What GenerationConfig holds once it samples. */
  private static final SamplingParams SAMPLED =
      SamplingParams.NONE.withTemperature(1.0).withTopK(50).withRepetitionPenalty(1.0);

  private GenerationFields() {}

  /**
   * How tokens are chosen. {@code do_sample} decides between greedy and sampling; without it, a
   * request that says how to sample wants to.
   */
  static SamplingParams sampling(JsonBody json) {
    SamplingParams asked = json.as(SamplingParams.class);
    boolean sample = json.get("do_sample", Boolean.class, saysHowToSample(asked));
    return sample
        ? asked.orElse(SAMPLED)
        : asked
            .withTemperature(0.0)
            .withTopP(null)
            .withTopK(null)
            .withMinP(null)
            .orElse(SamplingParams.NONE.withRepetitionPenalty(1.0));
  }

  private static boolean saysHowToSample(SamplingParams asked) {
    Double temperature = asked.temperature();
    return temperature == null
        ? asked.topP() != null || asked.topK() != null || asked.minP() != null
        : temperature > 0;
  }

  /** How many answers are asked for, and whether they tell marks for the model. */
  static OutputParams output(JsonBody json) {
    OutputParams output = OutputParams.TEXT.withN(json.get("n", Integer.class, 1));
    return json.get("skip_special_tokens", Boolean.class, true)
        ? output
        : output.withSpecialTokens();
  }

  /** When the answer ends; without a word on it, it is short. */
  static StopCriteria stop(JsonBody json, Prompt prompt) {
    StopCriteria asked = json.as(StopCriteria.class);
    List<Integer> stopTokenIds = new ArrayList<>(asked.stopTokenIds());
    stopTokenIds.addAll(json.oneOrMore("eos_token_id", Integer.class));
    return asked
        .shortByDefault()
        .withMaxTokens(maxTokens(json, prompt, asked.maxTokens()))
        .withStopTokenIds(stopTokenIds);
  }

  /** {@code max_new_tokens} wins over {@code max_length}, as in transformers. */
  private static @Nullable Integer maxTokens(
      JsonBody json, Prompt prompt, @Nullable Integer maxTokens) {
    Integer maxNewTokens = json.get("max_new_tokens", Integer.class);
    if (maxNewTokens != null) {
      Invalid.unlessAtLeast("max_new_tokens", maxNewTokens, 1);
      return maxNewTokens;
    }
    Integer maxLength = json.get("max_length", Integer.class);
    if (maxTokens != null || maxLength == null) {
      return maxTokens;
    }
    int promptTokens =
        prompt.each().size() == 1
            ? prompt.match(text -> uncounted(), tokens -> tokens.ids().size(), chat -> uncounted())
            : uncounted();
    Invalid.unlessAtLeast("max_length", maxLength, promptTokens + 1);
    return maxLength - promptTokens;
  }

  private static int uncounted() {
    throw new Invalid(
        "max_length",
        "max_length counts prompt and answer together, which needs a prompt of token ids; use"
            + " max_new_tokens");
  }
}
