package io.millrace.api.seed;

import io.millrace.api.body.Fields;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonFields;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of transformers' GenerationConfig, with its defaults: greedy unless asked otherwise.
 */
final class GenerationFields {
  /** What GenerationConfig holds for {@code top_k} once it samples. */
  private static final int DEFAULT_TOP_K = 50;

  private GenerationFields() {}

  /**
   * How tokens are chosen. {@code do_sample} decides between greedy and sampling; without it, a
   * request that says how to sample wants to.
   */
  static SamplingParams sampling(JsonFields json) {
    Fields.unlessOnly(json, "num_beams", 1);
    SamplingParams asked = Wire.sampling(json);
    boolean sample = json.bool("do_sample", saysHowToSample(asked));
    return new SamplingParams(
        sample ? orElse(asked.temperature(), 1.0) : 0.0,
        sample ? asked.topP() : null,
        sample ? orElse(asked.topK(), DEFAULT_TOP_K) : null,
        sample ? asked.minP() : null,
        orElse(asked.repetitionPenalty(), 1.0),
        asked.presencePenalty(),
        asked.frequencyPenalty(),
        asked.seed(),
        asked.rules());
  }

  private static boolean saysHowToSample(SamplingParams asked) {
    Double temperature = asked.temperature();
    return temperature == null
        ? asked.topP() != null || asked.topK() != null || asked.minP() != null
        : temperature > 0;
  }

  /** How many answers are asked for. */
  static OutputParams output(JsonFields json) {
    int n = json.intNumber("n", 1);
    return new OutputParams(n, n, null, null, false);
  }

  /** When the answer ends. */
  static StopCriteria stop(JsonFields json, Prompt prompt) {
    StopCriteria asked = Wire.stop(json);
    List<Integer> stopTokenIds = new ArrayList<>(asked.stopTokenIds());
    stopTokenIds.addAll(json.oneOrMoreInts("eos_token_id"));
    return new StopCriteria(
        maxTokens(json, prompt, asked.maxTokens()),
        asked.minTokens(),
        asked.stop(),
        stopTokenIds,
        asked.ignoreEos());
  }

  /** {@code max_new_tokens} wins over {@code max_length}, as in transformers. */
  private static @Nullable Integer maxTokens(
      JsonFields json, Prompt prompt, @Nullable Integer maxTokens) {
    Integer maxNewTokens = json.intNumber("max_new_tokens");
    if (maxNewTokens != null) {
      Invalid.unlessAtLeast("max_new_tokens", maxNewTokens, 1);
      return maxNewTokens;
    }
    Integer maxLength = json.intNumber("max_length");
    if (maxTokens != null || maxLength == null) {
      return maxTokens;
    }
    if (!(prompt instanceof Prompt.Tokens tokens)) {
      throw new Invalid(
          "max_length",
          "max_length counts prompt and answer together, which needs a prompt of token ids; use"
              + " max_new_tokens");
    }
    Invalid.unlessAtLeast("max_length", maxLength, tokens.ids().size() + 1);
    return maxLength - tokens.ids().size();
  }

  private static <T> T orElse(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
