package io.millrace.models.text;

import io.millrace.models.weights.JsonFiles;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a model's authors say about generating, in {@code generation_config.json}: the settings of
 * requests that name none. Null where they do not say, or say NaN or Infinity.
 *
 * @param doSample false where the authors want greedy decoding
 * @param stopIds tokens that end an answer
 */
public record GenerationConfig(
    @Nullable Boolean doSample,
    @Nullable Double temperature,
    @Nullable Integer topK,
    @Nullable Double topP,
    @Nullable Double minP,
    @Nullable Double repetitionPenalty,
    Set<Integer> stopIds) {

  /** Says nothing. */
  public static final GenerationConfig NONE =
      new GenerationConfig(null, null, null, null, null, null, Set.of());

  public GenerationConfig {
    stopIds = Set.copyOf(stopIds);
  }

  static GenerationConfig read(Path folder) {
    JsonNode file = JsonFiles.optionalConfig(folder.resolve("generation_config.json"));
    Set<Integer> stopIds = new TreeSet<>(ids(file.path("eos_token_id")));
    // Baichuan2's chat models open the next turn themselves unless they are stopped there.
    stopIds.addAll(ids(file.path("user_token_id")));
    stopIds.addAll(ids(file.path("assistant_token_id")));
    JsonNode doSample = file.path("do_sample");
    Double topK = number(file, "top_k");
    return new GenerationConfig(
        doSample.isBoolean() ? doSample.booleanValue() : null,
        number(file, "temperature"),
        topK == null ? null : topK.intValue(),
        number(file, "top_p"),
        number(file, "min_p"),
        number(file, "repetition_penalty"),
        stopIds);
  }

  private static @Nullable Double number(JsonNode file, String name) {
    JsonNode value = file.path(name);
    return value.isNumber() && Double.isFinite(value.doubleValue()) ? value.doubleValue() : null;
  }

  /** The ids of a number or a list of numbers; anything else is none. */
  static Set<Integer> ids(JsonNode value) {
    Set<Integer> ids = new TreeSet<>();
    if (value.isInt()) {
      ids.add(value.intValue());
    } else if (value.isArray()) {
      value.forEach(element -> ids.addAll(ids(element)));
    }
    return ids;
  }
}
