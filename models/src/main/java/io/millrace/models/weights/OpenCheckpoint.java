package io.millrace.models.weights;

import java.util.Collections;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** A checkpoint whose files are open. */
record OpenCheckpoint(ObjectNode config, String configSource, TensorFile file)
    implements Checkpoint {

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(file.tensors().keySet());
  }

  @Override
  public TensorView tensor(String name) {
    return storedTensor(name).dequantized();
  }

  @Override
  public TensorView storedTensor(String name) {
    TensorView view = file.tensors().get(name);
    if (view == null) {
      throw new IllegalArgumentException("the checkpoint has no tensor " + name);
    }
    return view;
  }

  @Override
  public void close() {
    file.close();
  }
}
