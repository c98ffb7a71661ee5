package io.millrace.engine.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Rows of the embedding matrix, read where it lies if that is simple, else by the program. */
final class EmbeddingRows {
  private final Program program;
  private final IValue embedding;
  private final int hidden;
  private final boolean narrow;
  private final @Nullable ByteBuffer memory;

  /**
   * @param embedding [vocab, hidden], owned by another; the same as {@code tensor}
   */
  EmbeddingRows(Program program, PtNDArray tensor, IValue embedding) {
    this.program = program;
    this.embedding = embedding;
    this.hidden = Math.toIntExact(tensor.getShape().get(1));
    DataType type = tensor.getDataType();
    this.narrow = type == DataType.BFLOAT16;
    boolean simple = narrow || type == DataType.FLOAT32;
    long bytes = tensor.size() * (narrow ? Short.BYTES : Float.BYTES);
    this.memory =
        simple && bytes <= Integer.MAX_VALUE
            ? tensor.toByteBuffer(true).order(ByteOrder.nativeOrder())
            : null;
  }

  /** [tokens x hidden] */
  float[] read(long[] tokens, PtNDManager manager) {
    ByteBuffer from = memory;
    if (from == null) {
      return readByProgram(tokens, manager);
    }
    float[] rows = new float[tokens.length * hidden];
    for (int i = 0; i < rows.length; i++) {
      int at = Math.toIntExact(tokens[i / hidden]) * hidden + i % hidden;
      rows[i] =
          narrow
              ? Float.intBitsToFloat(from.getShort(at * Short.BYTES) << Short.SIZE)
              : from.getFloat(at * Float.BYTES);
    }
    return rows;
  }

  private float[] readByProgram(long[] tokens, PtNDManager manager) {
    try (Arguments arguments = new Arguments(manager)) {
      arguments.shared(embedding).add(tokens);
      return program.tensor(arguments.tensors(), "embed", arguments.values()).toFloatArray();
    }
  }
}
