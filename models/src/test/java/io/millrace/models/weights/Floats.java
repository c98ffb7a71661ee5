package io.millrace.models.weights;

/** The numbers of a float32 tensor. */
final class Floats {
  private Floats() {}

  static float[] of(TensorView view) {
    float[] values = new float[(int) view.elements()];
    view.data().asFloatBuffer().get(values);
    return values;
  }
}
