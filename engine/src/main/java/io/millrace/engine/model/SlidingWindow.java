package io.millrace.engine.model;

import java.util.List;

/**
 * How many positions back a token sees, which each family of models says in its own way. All of a
 * model's layers have the same window here, or none.
 */
final class SlidingWindow {

  /** The layers of a family that have a window. */
  enum Layers {
    NONE,
    /** If there is a {@code sliding_window}. */
    ALL,
    /**
     * If {@code use_sliding_window}: by {@code layer_types}, or from {@code max_window_layers} on.
     */
    LAST
  }

  /** Transformers' defaults, for configurations that do not say. */
  private static final int DEFAULT_WINDOW = 4096;

  private static final int DEFAULT_FIRST_LAYER = 28;

  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";

  private SlidingWindow() {}

  /**
   * Reads the window; 0 for none.
   *
   * @param maxPositions a window that is as long is none
   * @throws UnsupportedModel if only some of the layers have one
   */
  static int of(ModelConfig config, Layers rule, int layers, int maxPositions) {
    if (rule == Layers.NONE) {
      return 0;
    }
    int window = used(config, rule) ? config.positive("sliding_window", DEFAULT_WINDOW) : 0;
    boolean listed = rule == Layers.LAST && config.has("layer_types");
    long sliding = listed ? sliding(config, layers) : layers - firstLayer(config, rule);
    if (sliding <= 0) {
      return 0;
    }
    if (listed && window == 0) {
      throw config.unsupported("layer_types has " + SLIDING + ", but there is no sliding_window");
    }
    if (window >= maxPositions) {
      return 0;
    }
    if (window > 0 && sliding < layers) {
      throw config.unsupported(
          "a sliding_window in %d of %d layers (%s) is not supported; supported is one in all"
              .formatted(sliding, layers, listed ? "layer_types" : "max_window_layers"));
    }
    return window;
  }

  private static boolean used(ModelConfig config, Layers rule) {
    return !config.isNull("sliding_window")
        && (rule == Layers.ALL || config.flag("use_sliding_window", false));
  }

  private static int firstLayer(ModelConfig config, Layers rule) {
    return rule == Layers.ALL ? 0 : config.notNegative("max_window_layers", DEFAULT_FIRST_LAYER);
  }

  private static long sliding(ModelConfig config, int layers) {
    List<String> types = config.texts("layer_types");
    if (types.size() != layers) {
      throw config.unsupported(
          "layer_types has %d entries, but num_hidden_layers is %d"
              .formatted(types.size(), layers));
    }
    for (String type : types) {
      if (!type.equals(FULL) && !type.equals(SLIDING)) {
        throw config.unsupported(
            "layer_types has %s; supported are %s and %s".formatted(type, FULL, SLIDING));
      }
    }
    return types.stream().filter(SLIDING::equals).count();
  }
}
