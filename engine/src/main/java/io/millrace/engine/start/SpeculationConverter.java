package io.millrace.engine.start;

import io.millrace.engine.speculation.DraftModelSpeculation;
import io.millrace.engine.speculation.DraftModelSpeculation.DraftSampling;
import io.millrace.engine.speculation.NgramSpeculation;
import io.millrace.engine.speculation.SpeculationSettings;
import io.millrace.protocol.Excerpt;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A converter of the JSON object that vLLM calls the speculative config. */
final class SpeculationConverter implements ITypeConverter<SpeculationSettings> {
  private static final String METHOD = "method";
  private static final String MODEL = "model";
  private static final String TOKENS = "num_speculative_tokens";
  private static final String MAX = "prompt_lookup_max";
  private static final String MIN = "prompt_lookup_min";
  private static final String BATCH = "disable_by_batch_size";
  private static final String PARALLEL = "draft_tensor_parallel_size";
  private static final String SAMPLING = "draft_sample_method";
  private static final String NGRAM = "ngram";
  private static final String DRAFT_MODEL = "draft_model";
  private static final List<String> OF_NGRAM = List.of(METHOD, TOKENS, MAX, MIN, BATCH);
  private static final List<String> OF_DRAFT_MODEL =
      List.of(METHOD, MODEL, TOKENS, BATCH, SAMPLING, PARALLEL);
  private static final Map<String, DraftSampling> SAMPLINGS =
      Map.of("greedy", DraftSampling.GREEDY, "probabilistic", DraftSampling.PROBABILISTIC);
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();

  @Override
  public SpeculationSettings convert(String value) {
    JsonNode config = object(value);
    String method = method(config);
    try {
      return method.equals(NGRAM) ? ngram(config) : draftModel(config);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  /** The method; as vLLM has it, that of a draft model where a model is named and no method. */
  private static String method(JsonNode config) {
    JsonNode method = config.path(METHOD);
    if (method.isMissingNode() && config.has(MODEL)) {
      return DRAFT_MODEL;
    }
    require(
        method.isString() && List.of(NGRAM, DRAFT_MODEL).contains(method.asString()),
        "must have the method \"ngram\" or \"draft_model\", but "
            + (method.isMissingNode() ? "has none" : "has " + Excerpt.of(method.toString())));
    return method.asString();
  }

  private static NgramSpeculation ngram(JsonNode config) {
    requireKnown(config, OF_NGRAM);
    int tokens = tokens(config);
    Integer max = number(config, MAX);
    Integer min = number(config, MIN);
    // As vLLM has it, the one that is missing is the other.
    int longest = or(max, or(min, NgramSpeculation.DEFAULT_LOOKUP));
    return new NgramSpeculation(tokens, longest, or(min, longest), batchSize(config));
  }

  private static DraftModelSpeculation draftModel(JsonNode config) {
    requireKnown(config, OF_DRAFT_MODEL);
    JsonNode model = config.path(MODEL);
    require(
        model.isString(),
        "must have a model, which is a folder, a file or a model card, but "
            + (model.isMissingNode() ? "has none" : "has " + Excerpt.of(model.toString())));
    int parallel = or(number(config, PARALLEL), 1);
    require(
        parallel == 1,
        "must have 1 as %s, as a model is on one device, but has %d".formatted(PARALLEL, parallel));
    return new DraftModelSpeculation(
        model.asString(), tokens(config), batchSize(config), sampling(config));
  }

  private static DraftSampling sampling(JsonNode config) {
    JsonNode name = config.path(SAMPLING);
    DraftSampling sampling =
        name.isMissingNode() ? DraftSampling.PROBABILISTIC : SAMPLINGS.get(name.asString(""));
    if (sampling == null) {
      throw new TypeConversionException(
          "must have \"greedy\" or \"probabilistic\" as %s, but has %s"
              .formatted(SAMPLING, Excerpt.of(name.toString())));
    }
    return sampling;
  }

  private static void requireKnown(JsonNode config, List<String> known) {
    for (String name : config.propertyNames()) {
      require(
          known.contains(name),
          "has the unknown key " + Excerpt.of(name) + "; known are " + String.join(", ", known));
    }
  }

  private static int tokens(JsonNode config) {
    Integer tokens = number(config, TOKENS);
    require(tokens != null, "must have num_speculative_tokens");
    return or(tokens, 0);
  }

  private static int batchSize(JsonNode config) {
    return or(number(config, BATCH), SpeculationSettings.DEFAULT_BATCH_SIZE);
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
