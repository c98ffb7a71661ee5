package io.millrace.engine.model;

import tools.jackson.databind.JsonNode;

/**
 * The numbers of a model, read from its {@code config.json}.
 *
 * @param layers decoder layers
 * @param hidden width of the residual stream
 * @param intermediate width of the feed-forward network
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of {@code heads}
 * @param headDim width of a head
 * @param epsilon added under the root of RMSNorm
 * @param maxPositions tokens of prompt and answer that the model was made for
 * @param window how many tokens back a query sees; 0 for all
 * @param tiedHead whether the output head is the embedding
 */
public record ModelSpec(
    ModelFamily family,
    int layers,
    int hidden,
    int intermediate,
    int heads,
    int kvHeads,
    int headDim,
    int vocab,
    double epsilon,
    Positions positions,
    int maxPositions,
    int window,
    boolean tiedHead) {

  private static final int DEFAULT_MAX_POSITIONS = 2048;
  private static final int BAICHUAN_13B_HIDDEN = 5120;

  public ModelSpec {
    if (heads % kvHeads != 0) {
      throw new UnsupportedModel(
          "config.json: num_attention_heads %d is no multiple of num_key_value_heads %d"
              .formatted(heads, kvHeads));
    }
    if (headDim % 2 != 0) {
      throw new UnsupportedModel("config.json: head_dim must be even, but is " + headDim);
    }
  }

  /**
   * Reads a configuration in transformers' spelling.
   *
   * @throws UnsupportedModel if something is missing, absurd, or of an unknown kind
   */
  public static ModelSpec of(JsonNode config) {
    ModelFamily family = ModelFamily.of(config.path("architectures").path(0).asString(""));
    requireSilu(config);
    requireWholeRotation(config);
    int hidden = positive(config, "hidden_size");
    int heads = positive(config, "num_attention_heads");
    return new ModelSpec(
        family,
        positive(config, "num_hidden_layers"),
        hidden,
        positive(config, "intermediate_size"),
        heads,
        config.hasNonNull("num_key_value_heads") ? positive(config, "num_key_value_heads") : heads,
        config.hasNonNull("head_dim") ? positive(config, "head_dim") : hidden / heads,
        positive(config, "vocab_size"),
        config.path("rms_norm_eps").asDouble(1e-6),
        positions(family, config, hidden),
        maxPositions(config),
        window(config),
        config.path("tie_word_embeddings").asBoolean(false));
  }

  /** The same model with a context of at most {@code positionsAtMost} tokens. */
  public ModelSpec limitedTo(long positionsAtMost) {
    return new ModelSpec(
        family,
        layers,
        hidden,
        intermediate,
        heads,
        kvHeads,
        headDim,
        vocab,
        epsilon,
        positions,
        (int) Math.min(maxPositions, positionsAtMost),
        window,
        tiedHead);
  }

  private static Positions positions(ModelFamily family, JsonNode config, int hidden) {
    // Baichuan's 13B models give no positions because ALiBi needs none; older configs give both.
    if (family == ModelFamily.BAICHUAN
        && (hidden == BAICHUAN_13B_HIDDEN || !config.hasNonNull("max_position_embeddings"))) {
      return new Positions.Alibi();
    }
    JsonNode scaling =
        config.hasNonNull("rope_parameters")
            ? config.get("rope_parameters")
            : config.path("rope_scaling");
    double theta =
        config
            .path("rope_theta")
            .asDouble(config.path("rope_parameters").path("rope_theta").asDouble(10000));
    return new Positions.Rotary(theta, RopeScaling.of(scaling));
  }

  private static int maxPositions(JsonNode config) {
    for (String field : new String[] {"max_position_embeddings", "model_max_length"}) {
      if (config.hasNonNull(field)) {
        return positive(config, field);
      }
    }
    return DEFAULT_MAX_POSITIONS;
  }

  private static int window(JsonNode config) {
    boolean used = config.path("use_sliding_window").asBoolean(true);
    if (!used || !config.hasNonNull("sliding_window")) {
      return 0;
    }
    if (config.hasNonNull("use_sliding_window") && config.path("max_window_layers").asInt(0) > 0) {
      throw new UnsupportedModel(
          "config.json: a sliding window in some layers only (max_window_layers) is not supported");
    }
    return positive(config, "sliding_window");
  }

  private static void requireSilu(JsonNode config) {
    String activation = config.path("hidden_act").asString("silu");
    if (!activation.equals("silu") && !activation.equals("swish")) {
      throw new UnsupportedModel(
          "config.json: hidden_act " + activation + " is not supported; supported is silu");
    }
  }

  private static void requireWholeRotation(JsonNode config) {
    JsonNode share = config.path("partial_rotary_factor");
    if (share.isNumber() && share.asDouble() != 1) {
      throw new UnsupportedModel(
          "config.json: partial_rotary_factor " + share + " is not supported; supported is 1");
    }
  }

  private static int positive(JsonNode config, String field) {
    JsonNode value = config.path(field);
    if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() <= 0) {
      throw new UnsupportedModel(
          "config.json: %s must be a positive whole number, but is %s"
              .formatted(field, value.isMissingNode() ? "missing" : value));
    }
    return value.asInt();
  }
}
