package io.millrace.engine.model;

import java.util.Locale;

/** The quantisation of a model's weights; activations stay floating point ({@code --quantize}). */
public enum Quantization {
  /** None: weights are kept as {@link Precision} says. */
  NONE,
  /** 8 bits, symmetric, a scale for each row. */
  INT8,
  /** 4 bits, a scale and an offset for each 32 numbers of a row. */
  INT4;

  /** Its name in settings and logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
