package io.millrace.engine.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.nio.Buffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of one call of a program's method, in order. Closing it frees the handles and
 * tensors that were made for the call, and no others.
 */
final class Arguments implements AutoCloseable {
  private final PtNDManager tensors;
  private final List<IValue> values = new ArrayList<>();
  private final List<IValue> own = new ArrayList<>();

  Arguments(PtNDManager manager) {
    this.tensors = (PtNDManager) manager.newSubManager();
  }

  /** Where results of the call may live until it is over. */
  PtNDManager tensors() {
    return tensors;
  }

  /** Adds a value that outlives the call. */
  Arguments shared(IValue value) {
    values.add(value);
    return this;
  }

  Arguments add(long value) {
    return own(IValue.from(value));
  }

  Arguments add(PtNDArray value) {
    return own(IValue.from(value));
  }

  Arguments add(long[] column) {
    return add(tensor(LongBuffer.wrap(column), column.length, DataType.INT64));
  }

  Arguments addList(long[] numbers) {
    return own(IValue.listFrom(numbers));
  }

  /** Adds a list of columns of equal length, or the empty list if they have none. */
  Arguments addColumns(Object... columns) {
    List<PtNDArray> list = new ArrayList<>();
    for (Object column : columns) {
      PtNDArray tensor = column(column);
      if (tensor.size() > 0) {
        list.add(tensor);
      }
    }
    return own(IValue.listFrom(list.toArray(PtNDArray[]::new)));
  }

  /** Adds a list of columns, those without a value included. */
  Arguments addTensors(Object... columns) {
    PtNDArray[] list = new PtNDArray[columns.length];
    for (int i = 0; i < columns.length; i++) {
      list[i] = column(columns[i]);
    }
    return own(IValue.listFrom(list));
  }

  IValue[] values() {
    return values.toArray(IValue[]::new);
  }

  @Override
  public void close() {
    own.forEach(IValue::close);
    tensors.close();
  }

  private PtNDArray column(Object column) {
    if (column instanceof long[] longs) {
      return tensor(LongBuffer.wrap(longs), longs.length, DataType.INT64);
    }
    if (column instanceof float[] floats) {
      return tensor(FloatBuffer.wrap(floats), floats.length, DataType.FLOAT32);
    }
    double[] doubles = (double[]) column;
    return tensor(DoubleBuffer.wrap(doubles), doubles.length, DataType.FLOAT64);
  }

  private PtNDArray tensor(Buffer values, long length, DataType type) {
    return length == 0
        ? tensors.create(new Shape(0), type)
        : tensors.create(values, new Shape(length), type);
  }

  private Arguments own(IValue value) {
    own.add(value);
    values.add(value);
    return this;
  }
}
