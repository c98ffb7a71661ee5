package io.millrace.engine.model;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * The numbers of a model, read from its configuration.
 *
 * @param layers decoder layers
 * @param hidden width of the residual stream
 * @param intermediate width of the feed-forward network
 * @param heads query heads
 * @param kvHeads key and value heads, a divisor of {@code heads}
 * @param headDim width of a head
 * @param epsilon added under the root of RMSNorm
 * @param maxPositions tokens of prompt and answer that the model was made for
 * @param window how many positions a query sees, its own and those before it; 0 for all
 * @param biases of its matrices
 * @param tiedHead whether the output head may be the embedding
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
    Biases biases,
    boolean tiedHead) {

  private static final int DEFAULT_MAX_POSITIONS = 2048;
  private static final double DEFAULT_THETA = 10_000;
  private static final int BAICHUAN_13B_HIDDEN = 5120;

  /** Where configurations say that weights are not the numbers they stand for. */
  private static final List<String> QUANTIZATIONS =
      List.of("quantization_config", "compression_config", "quantization");

  /**
   * Reads a {@code config.json}.
   *
   * @throws UnsupportedModel if something is missing, absurd, or of an unknown kind
   */
  public static ModelSpec of(JsonNode config) {
    return of(config, "config.json");
  }

  /**
   * Reads a configuration in transformers' spelling, as transformers does.
   *
   * @param source what messages call it
   * @throws UnsupportedModel if something is missing, absurd, or of an unknown kind
   */
  public static ModelSpec of(JsonNode json, String source) {
    ModelFamily family = ModelFamily.of(json.path("architectures").path(0).asString(""));
    ModelConfig config = new ModelConfig(json, source);
    refuseQuantization(config);
    requireSilu(config);
    int layers = config.positive("num_hidden_layers");
    int hidden = config.positive("hidden_size");
    int heads = config.positive("num_attention_heads");
    // Baichuan's own code knows neither.
    int kvHeads = family.fusedQkv() ? heads : config.positive("num_key_value_heads", heads);
    int headDim = family.fusedQkv() ? hidden / heads : config.positive("head_dim", hidden / heads);
    requireEvenHeads(config, heads, kvHeads, headDim);
    int maxPositions =
        config.has("max_position_embeddings")
            ? config.positive("max_position_embeddings")
            : config.positive("model_max_length", DEFAULT_MAX_POSITIONS);
    return new ModelSpec(
        family,
        layers,
        hidden,
        config.positive("intermediate_size"),
        heads,
        kvHeads,
        headDim,
        config.positive("vocab_size"),
        config.positiveNumber("rms_norm_eps", 1e-6),
        positions(family, config, hidden),
        maxPositions,
        SlidingWindow.of(config, family.window(), layers, maxPositions),
        Biases.of(config, family.biases()),
        config.flag("tie_word_embeddings", false));
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
        biases,
        tiedHead);
  }

  private static Positions positions(ModelFamily family, ModelConfig config, int hidden) {
    if (family != ModelFamily.BAICHUAN) {
      return rotary(config);
    }
    // Its 13B models give no positions because ALiBi needs none; older configs give both.
    return hidden == BAICHUAN_13B_HIDDEN || !config.has("max_position_embeddings")
        ? new Positions.Alibi()
        : new Positions.Rotary(DEFAULT_THETA, new RopeScaling.None());
  }

  /** What {@code rope_scaling} says replaces {@code rope_parameters}, and these the rest. */
  private static Positions rotary(ModelConfig config) {
    ModelConfig scaling = config.section("rope_scaling");
    ModelConfig rope = scaling.isEmpty() ? config.section("rope_parameters") : scaling;
    if (!rope.sections().isEmpty()) {
      throw config.unsupported(
          "%s for some layers (%s) is not supported; supported is the same for all"
              .formatted(rope.name("*"), String.join(", ", rope.sections())));
    }
    requireWholeRotation(config);
    requireWholeRotation(rope);
    double theta =
        rope.has("rope_theta")
            ? rope.positiveNumber("rope_theta")
            : config.positiveNumber("rope_theta", DEFAULT_THETA);
    return new Positions.Rotary(theta, RopeScaling.of(rope));
  }

  private static void requireWholeRotation(ModelConfig config) {
    double share = config.positiveNumber("partial_rotary_factor", 1);
    if (share != 1) {
      throw config.unsupported(
          "%s %s is not supported; supported is 1"
              .formatted(config.name("partial_rotary_factor"), share));
    }
  }

  private static void refuseQuantization(ModelConfig config) {
    for (String field : QUANTIZATIONS) {
      ModelConfig quantization = config.section(field);
      if (!quantization.isEmpty()) {
        throw config.unsupported(
            "%s of the method %s is not supported; supported are floating point and GGUF"
                .formatted(field, quantization.text("quant_method", "(none named)")));
      }
    }
  }

  private static void requireSilu(ModelConfig config) {
    String activation = config.text("hidden_act", "silu");
    if (!activation.equals("silu") && !activation.equals("swish")) {
      throw config.unsupported("hidden_act " + activation + " is not supported; supported is silu");
    }
  }

  private static void requireEvenHeads(ModelConfig config, int heads, int kvHeads, int headDim) {
    if (heads % kvHeads != 0) {
      throw config.unsupported(
          "num_attention_heads %d is no multiple of num_key_value_heads %d"
              .formatted(heads, kvHeads));
    }
    if (headDim % 2 != 0 || headDim == 0) {
      throw config.unsupported("head_dim must be even and positive, but is " + headDim);
    }
  }
}
