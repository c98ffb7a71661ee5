package io.millrace.worker.model;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.worker.weights.Checkpoint;
import io.millrace.worker.weights.ElementType;
import io.millrace.worker.weights.TensorView;
import java.util.Arrays;

/** Brings a checkpoint's tensors into libtorch, checked against the shapes that the model needs. */
final class TensorReader {
  /** What is held twice while a tensor is read. */
  private static final long PIECE_BYTES = 32L << 20;

  private final Checkpoint checkpoint;
  private final PtNDManager manager;

  TensorReader(Checkpoint checkpoint, PtNDManager manager) {
    this.checkpoint = checkpoint;
    this.manager = manager;
  }

  /** A manager for tensors that are needed for a while only. */
  PtNDManager newScope() {
    return (PtNDManager) manager.newSubManager();
  }

  boolean has(String name) {
    return checkpoint.names().contains(name);
  }

  /** A tensor in float32. */
  PtNDArray floats(PtNDManager scope, String name, Shape shape) {
    PtNDArray stored = stored(scope, name, shape.getShape());
    return stored.getDataType() == DataType.FLOAT32
        ? stored
        : (PtNDArray) stored.toType(DataType.FLOAT32, false);
  }

  /** A tensor in its own type, or in float32 if it is of a quantised one. */
  PtNDArray stored(PtNDManager scope, String name, long... shape) {
    if (!has(name)) {
      throw new UnsupportedModel("the checkpoint has no tensor " + name);
    }
    TensorView view = checkpoint.tensor(name);
    if (!Arrays.equals(view.shape(), shape)) {
      throw new UnsupportedModel(
          "tensor %s has shape %s; config.json asks for %s"
              .formatted(name, Arrays.toString(view.shape()), Arrays.toString(shape)));
    }
    PtNDArray whole = scope.create(new Shape(shape), dataType(view));
    long row = 0;
    for (TensorView piece : view.pieces(PIECE_BYTES)) {
      long end = row + piece.shape()[0];
      try (PtNDArray part = scope.create(piece.data(), new Shape(piece.shape()), dataType(piece))) {
        // A copy: the part reads the buffer's memory, which goes with the buffer.
        whole.set(new NDIndex("{}:{}", row, end), part);
      }
      row = end;
    }
    return whole;
  }

  private static DataType dataType(TensorView view) {
    ElementType type = view.type();
    return switch (type) {
      case F32 -> DataType.FLOAT32;
      case F16 -> DataType.FLOAT16;
      case BF16 -> DataType.BFLOAT16;
      case F64 -> DataType.FLOAT64;
      default ->
          throw new UnsupportedModel(
              "tensor %s is of type %s; weights must be floating point"
                  .formatted(view.name(), type));
    };
  }
}
