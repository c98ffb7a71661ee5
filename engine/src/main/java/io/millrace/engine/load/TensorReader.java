package io.millrace.engine.load;

import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.models.weights.Checkpoint;
import io.millrace.models.weights.ElementType;
import io.millrace.models.weights.TensorView;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;

/**
 * The reader of a checkpoint's tensors into libtorch; checks them against the shapes that the model
 * needs.
 */
final class TensorReader {
  /** Bytes that are held twice while a tensor is read. */
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

  /** Whether a tensor is stored in bfloat16. */
  boolean isBfloat16(String name) {
    return checkpoint.tensor(name).type() == ElementType.BF16;
  }

  /**
   * A tensor in its own type, or in float32 if it is of a quantised one or of bfloat16, which DJL
   * cannot make from Java: its JNI ends the process.
   */
  PtNDArray stored(PtNDManager scope, String name, long... shape) {
    if (!has(name)) {
      throw new UnsupportedModel("the checkpoint has no tensor " + name);
    }
    TensorView view = checkpoint.tensor(name);
    if (!Arrays.equals(view.shape(), shape)) {
      throw new UnsupportedModel(
          "tensor %s has shape %s; the configuration asks for %s"
              .formatted(name, Arrays.toString(view.shape()), Arrays.toString(shape)));
    }
    PtNDArray whole = scope.create(new Shape(shape), dataType(view));
    long row = 0;
    for (TensorView piece : view.pieces(PIECE_BYTES)) {
      long end = row + piece.shape()[0];
      try (PtNDArray part = scope.create(data(piece), new Shape(piece.shape()), dataType(piece))) {
        // A copy: the part reads the buffer's memory, which goes with the buffer.
        whole.set(new NDIndex("{}:{}", row, end), part);
      }
      row = end;
    }
    return whole;
  }

  private static Buffer data(TensorView view) {
    if (view.type() != ElementType.BF16) {
      return view.data();
    }
    ShortBuffer halves = view.data().asShortBuffer();
    FloatBuffer floats =
        ByteBuffer.allocateDirect(halves.remaining() * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    while (halves.hasRemaining()) {
      floats.put(Float.intBitsToFloat(halves.get() << 16));
    }
    return floats.flip();
  }

  private static DataType dataType(TensorView view) {
    ElementType type = view.type();
    return switch (type) {
      case F32, BF16 -> DataType.FLOAT32;
      case F16 -> DataType.FLOAT16;
      case F64 -> DataType.FLOAT64;
      default ->
          throw new UnsupportedModel(
              "tensor %s is of type %s; weights must be floating point"
                  .formatted(view.name(), type));
    };
  }
}
