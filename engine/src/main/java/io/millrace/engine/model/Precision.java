package io.millrace.engine.model;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The precision in which a model's weights are computed ({@code --dtype}). */
public enum Precision {
  FP32("float32", "float"),
  BF16("bfloat16"),
  FP16("float16", "half"),
  /** The precision of the checkpoint. */
  AUTO;

  private final List<String> names;

  Precision(String... names) {
    this.names = List.of(names);
  }

  /**
   * The precision of a name, in any case: as here, or as checkpoints and other servers call it.
   *
   * @return null if there is none
   */
  public static @Nullable Precision named(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    for (Precision precision : values()) {
      if (precision.name().equalsIgnoreCase(name) || precision.names.contains(lower)) {
        return precision;
      }
    }
    return null;
  }

  /** This precision, or for {@link #AUTO} the one that the configuration names. */
  public Precision of(JsonNode config) {
    if (this != AUTO) {
      return this;
    }
    String named = config.path("torch_dtype").asString(config.path("dtype").asString("float32"));
    Precision precision = named(named);
    return precision == null || precision == AUTO ? FP32 : precision;
  }
}
