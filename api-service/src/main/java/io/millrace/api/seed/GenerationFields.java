package io.millrace.api.seed;

import io.millrace.api.body.Fields;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonFields;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

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
    refuseUnsupported(json);
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
        asked.seed());
  }

  private static boolean saysHowToSample(SamplingParams asked) {
    Double temperature = asked.temperature();
    return temperature == null
        ? asked.topP() != null || asked.topK() != null || asked.minP() != null
        : temperature > 0;
  }

  private static void refuseUnsupported(JsonFields json) {
    Fields.unlessOnly(json, "num_beams", 1);
    Fields.unlessOnly(json, "n", 1);
    Fields.unlessOnly(json, "no_repeat_ngram_size", 0);
    Fields.unlessAbsent(json, "forced_eos_token_id");
  }

  /** When the answer ends. */
  static StopCriteria stop(JsonFields json, Prompt prompt) {
    StopCriteria asked = Wire.stop(json);
    List<Integer> stopTokenIds = new ArrayList<>(asked.stopTokenIds());
    stopTokenIds.addAll(eosTokenIds(json));
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

  private static List<Integer> eosTokenIds(JsonFields json) {
    JsonNode node = json.get("eos_token_id");
    if (node == null || node.isArray()) {
      return json.ints("eos_token_id");
    }
    Integer one = json.intNumber("eos_token_id");
    return one == null ? List.of() : List.of(one);
  }

  private static <T> T orElse(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
