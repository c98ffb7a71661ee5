package io.millrace.models.weights;

import java.util.Map;

/** An open file of tensors. */
interface TensorFile extends AutoCloseable {
  /** Its tensors by Hugging Face name, in the types that the file stores. */
  Map<String, TensorView> tensors();

  @Override
  void close();
}
