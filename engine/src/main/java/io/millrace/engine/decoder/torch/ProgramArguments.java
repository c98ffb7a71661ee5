package io.millrace.engine.decoder.torch;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.LongStream;

/**
 * The arguments of one call of a program's method, in order; what belongs together is one argument
 * and goes by name. Closing it frees the handles and tensors that were made for the call, and no
 * others.
 */
final class ProgramArguments implements AutoCloseable {
  private final PtNDManager tensors;
  private final List<IValue> values = new ArrayList<>();
  private final List<IValue> own = new ArrayList<>();

  ProgramArguments(PtNDManager manager) {
    this.tensors = (PtNDManager) manager.newSubManager();
  }

  /** The manager of results that live until the call is over. */
  PtNDManager tensors() {
    return tensors;
  }

  /** Adds a value that outlives the call. */
  ProgramArguments shared(IValue value) {
    values.add(value);
    return this;
  }

  ProgramArguments add(long value) {
    return own(IValue.from(value));
  }

  ProgramArguments add(long[] column) {
    return own(IValue.from(column(column)));
  }

  /**
   * Adds tensors by name, a {@code Dict[str, Tensor]}. Those of one type are pieces of one tensor,
   * so that they are copied to the device together: on a GPU each copy waits for the last.
   *
   * @param columns arrays of long, float or double; of truth values buffers of bytes 0 or 1
   */
  ProgramArguments addTensors(Map<String, ?> columns) {
    Map<String, PtNDArray> named = new LinkedHashMap<>();
    Map<String, long[]> longs = new LinkedHashMap<>();
    Map<String, float[]> floats = new LinkedHashMap<>();
    columns.forEach(
        (name, column) -> {
          if (column instanceof long[] numbers) {
            longs.put(name, numbers);
          } else if (column instanceof float[] numbers) {
            floats.put(name, numbers);
          } else {
            named.put(name, column(column));
          }
        });
    addPieces(named, longs, numbers -> numbers.length, ProgramArguments::joined);
    addPieces(named, floats, numbers -> numbers.length, ProgramArguments::joinedFloats);
    return own(IValue.stringMapFrom(named));
  }

  /** Adds lists of numbers by name, a {@code Dict[str, List[int]]}. */
  ProgramArguments addLists(Map<String, long[]> lists) {
    Map<String, IValue> named = new LinkedHashMap<>();
    lists.forEach((name, list) -> named.put(name, IValue.listFrom(list)));
    own(IValue.stringIValueMapFrom(named));
    named.values().forEach(IValue::close);
    return this;
  }

  IValue[] values() {
    return values.toArray(IValue[]::new);
  }

  @Override
  public void close() {
    own.forEach(IValue::close);
    tensors.close();
  }

  private <T> void addPieces(
      Map<String, PtNDArray> named,
      Map<String, T> columns,
      ToIntFunction<T> length,
      Function<Collection<T>, Object> joined) {
    if (columns.isEmpty()) {
      return;
    }
    long[] lengths = columns.values().stream().mapToLong(length::applyAsInt).toArray();
    NDList pieces = JniUtils.split(column(joined.apply(columns.values())), lengths, 0);
    int next = 0;
    for (String name : columns.keySet()) {
      named.put(name, (PtNDArray) pieces.get(next++));
    }
  }

  private static long[] joined(Collection<long[]> columns) {
    return columns.stream().flatMapToLong(LongStream::of).toArray();
  }

  private static float[] joinedFloats(Collection<float[]> columns) {
    FloatBuffer all = FloatBuffer.allocate(columns.stream().mapToInt(it -> it.length).sum());
    columns.forEach(all::put);
    return all.array();
  }

  private PtNDArray column(Object column) {
    if (column instanceof long[] longs) {
      return tensor(LongBuffer.wrap(longs), longs.length, DataType.INT64);
    }
    if (column instanceof float[] floats) {
      return tensor(FloatBuffer.wrap(floats), floats.length, DataType.FLOAT32);
    }
    if (column instanceof ByteBuffer bytes) {
      return tensor(bytes, bytes.remaining(), DataType.BOOLEAN);
    }
    double[] doubles = (double[]) column;
    return tensor(DoubleBuffer.wrap(doubles), doubles.length, DataType.FLOAT64);
  }

  private PtNDArray tensor(Buffer values, long length, DataType type) {
    return length == 0
        ? tensors.create(new Shape(0), type)
        : tensors.create(values, new Shape(length), type);
  }

  private ProgramArguments own(IValue value) {
    own.add(value);
    values.add(value);
    return this;
  }
}
