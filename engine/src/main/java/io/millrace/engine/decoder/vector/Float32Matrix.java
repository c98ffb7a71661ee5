package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/** A matrix of weights in float32. */
final class Float32Matrix extends WordMatrix {
  Float32Matrix(int out, int in, RowOrder order, RowReader source) {
    super(out, in, order, 1);
    pack(source);
  }

  @Override
  FloatVector top(IntVector word) {
    return word.reinterpretAsFloats();
  }

  @Override
  int word(float[] weights, int at, int output) {
    return Float.floatToRawIntBits(weights[at]);
  }
}
