package io.millrace.models.text;

import io.millrace.models.weights.JsonFiles;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.JsonRecords;
import io.millrace.protocol.SamplingParams;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The recommendations of a model's authors for generating, in {@code generation_config.json}: the
 * settings of requests that name none. As in vLLM, {@code do_sample} is none of them: whoever names
 * no temperature samples as the authors do when they sample.
 *
 * @param sampling null where they do not say
 * @param maxNewTokens the length of an answer; null if they do not say
 * @param stopIds tokens that end an answer
 */
public record GenerationConfig(
    SamplingParams sampling, @Nullable Integer maxNewTokens, Set<Integer> stopIds) {
  private static final Logger log = LoggerFactory.getLogger(GenerationConfig.class);

  /** Says nothing. */
  public static final GenerationConfig NONE =
      new GenerationConfig(SamplingParams.NONE, null, Set.of());

  public GenerationConfig {
    stopIds = Set.copyOf(stopIds);
  }

  static GenerationConfig read(Path folder) {
    ObjectNode file = JsonFiles.optionalConfig(folder.resolve("generation_config.json"));
    Set<Integer> stopIds = new TreeSet<>(ids(file.path("eos_token_id")));
    // Baichuan2's chat models open the next turn themselves unless they are stopped there.
    stopIds.addAll(ids(file.path("user_token_id")));
    stopIds.addAll(ids(file.path("assistant_token_id")));
    return new GenerationConfig(sampling(file), maxNewTokens(file), stopIds);
  }

  private static @Nullable Integer maxNewTokens(ObjectNode file) {
    JsonNode value = file.path("max_new_tokens");
    if (value.canConvertToInt() && value.isIntegralNumber() && value.intValue() > 0) {
      return value.intValue();
    }
    if (!value.isMissingNode() && !value.isNull()) {
      log.warn("generation_config.json: max_new_tokens must be at least 1; it is ignored");
    }
    return null;
  }

  /** A recommendation that no request could ask for is none. */
  private static SamplingParams sampling(ObjectNode file) {
    ObjectNode rest = file.deepCopy();
    while (true) {
      try {
        // The seed is a request's own.
        return JsonRecords.read(rest, SamplingParams.class).withSeed(null);
      } catch (Invalid e) {
        log.warn("generation_config.json: {}; it is ignored", e.getMessage());
        if (rest.remove(String.valueOf(e.param()).replaceAll("[.\\[].*", "")) == null) {
          return SamplingParams.NONE;
        }
      }
    }
  }

  /** The ids of a number or a list of numbers; one that no vocabulary has, or else, is none. */
  static Set<Integer> ids(JsonNode value) {
    Set<Integer> ids = new TreeSet<>();
    if (value.isIntegralNumber()) {
      ids.add(value.canConvertToInt() ? value.intValue() : -1);
    } else if (value.isArray()) {
      value.forEach(element -> ids.addAll(ids(element)));
    }
    return ids;
  }
}
