package io.millrace.engine.start;

import io.millrace.engine.speculation.NgramSpeculation;
import io.millrace.protocol.Excerpt;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A converter of the JSON object that vLLM calls the speculative config. */
final class SpeculationConverter implements ITypeConverter<NgramSpeculation> {
  private static final String METHOD = "method";
  private static final String TOKENS = "num_speculative_tokens";
  private static final String MAX = "prompt_lookup_max";
  private static final String MIN = "prompt_lookup_min";
  private static final String BATCH = "disable_by_batch_size";
  private static final List<String> KNOWN = List.of(METHOD, TOKENS, MAX, MIN, BATCH);
  private static final String NGRAM = "ngram";
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

  @Override
  public NgramSpeculation convert(String value) {
    JsonNode config = object(value);
    for (String name : config.propertyNames()) {
      require(
          KNOWN.contains(name),
          "has the unknown key " + Excerpt.of(name) + "; known are " + String.join(", ", KNOWN));
    }
    JsonNode method = config.path(METHOD);
    require(
        method.isString() && method.asString().equals(NGRAM),
        "must have the method \"ngram\", but "
            + (method.isMissingNode() ? "has none" : "has " + Excerpt.of(method.toString())));
    Integer tokens = number(config, TOKENS);
    require(tokens != null, "must have num_speculative_tokens");
    Integer max = number(config, MAX);
    Integer min = number(config, MIN);
    // As vLLM has it, the one that is missing is the other.
    int longest = or(max, or(min, NgramSpeculation.DEFAULT_LOOKUP));
    int shortest = or(min, longest);
    int batch = or(number(config, BATCH), NgramSpeculation.DEFAULT_BATCH_SIZE);
    try {
      return new NgramSpeculation(or(tokens, 0), longest, shortest, batch);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  private static JsonNode object(String value) {
    try {
      JsonNode node = STRICT.readTree(value);
      require(node.isObject(), "must be a JSON object, but is " + Excerpt.of(value));
      return node;
    } catch (JacksonException e) {
      throw new TypeConversionException("must be a JSON object, but is " + Excerpt.of(value));
    }
  }

  private static @Nullable Integer number(JsonNode config, String name) {
    JsonNode value = config.path(name);
    require(
        value.isMissingNode() || (value.isInt() && value.isIntegralNumber()),
        "must have a whole number as %s, but has %s".formatted(name, Excerpt.of(value.toString())));
    return value.isMissingNode() ? null : value.asInt();
  }

  private static int or(@Nullable Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }

  private static void require(boolean fulfilled, String refusal) {
    if (!fulfilled) {
      throw new TypeConversionException(refusal);
    }
  }
}
