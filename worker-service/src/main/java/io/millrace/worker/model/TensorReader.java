package io.millrace.worker.model;

import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.worker.weights.Checkpoint;
import io.millrace.worker.weights.ElementType;
import io.millrace.worker.weights.TensorView;
import java.util.Arrays;
import java.util.List;

/** Brings a checkpoint's tensors into libtorch, checked against the shapes that the model needs. */
final class TensorReader {
  /** One buffer, and one NDArray made of it, hold less than 2 GiB. */
  private static final long PIECE_BYTES = 1L << 30;

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
    List<TensorView> pieces = view.pieces(PIECE_BYTES);
    if (pieces.size() == 1) {
      return create(scope, pieces.get(0));
    }
    try (PtNDManager parts = (PtNDManager) scope.newSubManager()) {
      NDList list = new NDList();
      pieces.forEach(piece -> list.add(create(parts, piece)));
      PtNDArray whole = (PtNDArray) NDArrays.concat(list);
      whole.attach(scope);
      return whole;
    }
  }

  /** A copy: a tensor made of a buffer reads the buffer's memory, which goes with the buffer. */
  private static PtNDArray create(PtNDManager scope, TensorView view) {
    try (PtNDArray mapped = scope.create(view.data(), new Shape(view.shape()), dataType(view))) {
      return (PtNDArray) mapped.duplicate();
    }
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
