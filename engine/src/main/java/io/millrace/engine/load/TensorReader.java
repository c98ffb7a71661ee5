package io.millrace.engine.load;

import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.model.UnsupportedModel;
import io.millrace.models.weights.Checkpoint;
import io.millrace.models.weights.ElementType;
import io.millrace.models.weights.HalfFloats;
import io.millrace.models.weights.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The reader of a checkpoint's tensors in float32; checks them against the shapes that the model
 * needs. Nothing of the file stays in this process.
 */
final class TensorReader {
  private static final int BUFFER_BYTES = 1 << 22;

  private final Checkpoint checkpoint;

  /** Buffers that no thread reads into. */
  private final Queue<ByteBuffer> buffers = new ConcurrentLinkedQueue<>();

  TensorReader(Checkpoint checkpoint) {
    this.checkpoint = checkpoint;
  }

  boolean has(String name) {
    return checkpoint.names().contains(name);
  }

  /** Whether a tensor is stored in bfloat16. */
  boolean isBfloat16(String name) {
    return checkpoint.tensor(name).type() == ElementType.BF16;
  }

  /** A tensor of that shape. */
  TensorView view(String name, long... shape) {
    if (!has(name)) {
      throw new UnsupportedModel("the checkpoint has no tensor " + name);
    }
    TensorView view = checkpoint.tensor(name);
    if (!Arrays.equals(view.shape(), shape)) {
      throw new UnsupportedModel(
          "tensor %s has shape %s; the configuration asks for %s"
              .formatted(name, Arrays.toString(view.shape()), Arrays.toString(shape)));
    }
    requireFloating(view);
    return view;
  }

  /** The rows of a matrix, or the numbers of a vector one by one. */
  RowReader rows(String name, long... shape) {
    TensorView view = view(name, shape);
    return (first, count) -> floats(view.rows(first, first + count));
  }

  private float[] floats(TensorView view) {
    int bytes = Math.toIntExact(view.bytes());
    ByteBuffer buffer = buffers.poll();
    if (buffer == null || buffer.capacity() < bytes) {
      buffer = ByteBuffer.allocateDirect(Math.max(bytes, BUFFER_BYTES));
    }
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    view.read(buffer);
    float[] values = floats(buffer, view.type(), Math.toIntExact(view.elements()));
    buffers.add(buffer);
    return values;
  }

  private static float[] floats(ByteBuffer data, ElementType type, int count) {
    float[] values = new float[count];
    switch (type) {
      case F32 -> data.asFloatBuffer().get(values);
      case BF16 -> {
        ShortBuffer halves = data.asShortBuffer();
        for (int i = 0; i < count; i++) {
          values[i] = HalfFloats.bfloat16ToFloat(halves.get(i));
        }
      }
      case F16 -> {
        ShortBuffer halves = data.asShortBuffer();
        for (int i = 0; i < count; i++) {
          values[i] = HalfFloats.float16ToFloat(halves.get(i));
        }
      }
      default -> {
        DoubleBuffer doubles = data.asDoubleBuffer();
        for (int i = 0; i < count; i++) {
          values[i] = (float) doubles.get(i);
        }
      }
    }
    return values;
  }

  private static void requireFloating(TensorView view) {
    switch (view.type()) {
      case F32, BF16, F16, F64 -> {}
      default ->
          throw new UnsupportedModel(
              "tensor %s is of type %s; weights must be floating point"
                  .formatted(view.name(), view.type()));
    }
  }
}
