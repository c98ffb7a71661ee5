package io.millrace.engine.model;

/** The scaling of rotation frequencies for contexts longer than the first training's. */
public sealed interface RopeScaling {

  /** The scaled frequency in place of {@code frequency}, both in radians a token. */
  double scale(double frequency);

  /** No scaling: frequencies as trained. */
  record None() implements RopeScaling {
    @Override
    public double scale(double frequency) {
      return frequency;
    }
  }

  /** Every position divided by a factor (arXiv:2306.15595). */
  record Linear(double factor) implements RopeScaling {
    @Override
    public double scale(double frequency) {
      return frequency / factor;
    }
  }

  /** Llama 3.1's rule: long waves are stretched, short ones are not, and between is a ramp. */
  record Llama3(double factor, double lowFactor, double highFactor, double originalContext)
      implements RopeScaling {
    @Override
    public double scale(double frequency) {
      double wavelength = 2 * Math.PI / frequency;
      if (wavelength < originalContext / highFactor) {
        return frequency;
      }
      if (wavelength > originalContext / lowFactor) {
        return frequency / factor;
      }
      double smooth = (originalContext / wavelength - lowFactor) / (highFactor - lowFactor);
      return (1 - smooth) * frequency / factor + smooth * frequency;
    }
  }

  /**
   * Reads {@code rope_scaling} (transformers 4: {@code type} or {@code rope_type}) or {@code
   * rope_parameters} (transformers 5).
   */
  static RopeScaling of(ModelConfig scaling) {
    String type = scaling.text("rope_type", scaling.text("type", "default"));
    return switch (type) {
      case "default" -> new None();
      case "linear" -> new Linear(scaling.positiveNumber("factor"));
      case "llama3" ->
          new Llama3(
              scaling.positiveNumber("factor"),
              scaling.positiveNumber("low_freq_factor"),
              scaling.positiveNumber("high_freq_factor"),
              scaling.positiveNumber("original_max_position_embeddings"));
      default ->
          throw scaling.unsupported(
              "%s %s is not supported; supported are linear, llama3"
                  .formatted(scaling.name(scaling.has("rope_type") ? "rope_type" : "type"), type));
    };
  }
}
