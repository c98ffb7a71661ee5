package io.millrace.engine.model;

import tools.jackson.databind.JsonNode;

/** The precision in which a model's weights are computed ({@code --dtype}). */
public enum Precision {
  FP32,
  BF16,
  FP16,
  /** The precision of the checkpoint. */
  AUTO;

  /** This precision, or for {@link #AUTO} the one that the configuration names. */
  public Precision of(JsonNode config) {
    if (this != AUTO) {
      return this;
    }
    String named = config.path("torch_dtype").asString(config.path("dtype").asString("float32"));
    return switch (named) {
      case "bfloat16" -> BF16;
      case "float16" -> FP16;
      default -> FP32;
    };
  }
}
