package io.millrace.engine.decoder.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.engine.decoder.EmbeddingTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The embedding matrix in a tensor, read where it lies if that is simple, else by the program. On a
 * GPU only the program reads it.
 */
final class TorchEmbedding implements EmbeddingTable {
  private final PtNDManager manager;
  private final TorchProgram program;
  private final PtNDArray tensor;
  private final int hidden;
  private final boolean narrow;
  private final @Nullable ByteBuffer memory;

  /**
   * @param tensor [vocab, hidden], owned by another
   */
  TorchEmbedding(PtNDManager manager, TorchProgram program, PtNDArray tensor) {
    this.manager = manager;
    this.program = program;
    this.tensor = tensor;
    this.hidden = Math.toIntExact(tensor.getShape().get(1));
    DataType type = tensor.getDataType();
    this.narrow = type == DataType.BFLOAT16;
    boolean simple = !tensor.getDevice().isGpu() && (narrow || type == DataType.FLOAT32);
    long bytes = tensor.size() * (narrow ? Short.BYTES : Float.BYTES);
    this.memory =
        simple && bytes <= Integer.MAX_VALUE
            ? tensor.toByteBuffer(true).order(ByteOrder.nativeOrder())
            : null;
  }

  @Override
  public float[] rows(int[] tokens) {
    ByteBuffer from = memory;
    if (from == null) {
      return readByProgram(Arrays.stream(tokens).asLongStream().toArray());
    }
    float[] rows = new float[tokens.length * hidden];
    for (int i = 0; i < rows.length; i++) {
      int at = tokens[i / hidden] * hidden + i % hidden;
      rows[i] =
          narrow
              ? Float.intBitsToFloat(from.getShort(at * Short.BYTES) << Short.SIZE)
              : from.getFloat(at * Float.BYTES);
    }
    return rows;
  }

  private float[] readByProgram(long[] tokens) {
    try (ProgramArguments arguments = new ProgramArguments(manager);
        IValue embedding = IValue.from(tensor)) {
      arguments.shared(embedding).add(tokens);
      return program.tensor(arguments.tensors(), "embed", arguments.values()).toFloatArray();
    }
  }
}
