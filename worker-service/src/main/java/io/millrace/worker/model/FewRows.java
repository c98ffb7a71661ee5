package io.millrace.worker.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.millrace.worker.schedule.Sequence;
import io.millrace.worker.schedule.StepPlan;
import io.millrace.worker.schedule.StepPlan.Slice;
import io.millrace.worker.vector.VectorDecoder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Steps of a few sequences with one token each, computed with vectors in Java. Embedding and
 * sampling are the program's, and so is the cache.
 */
final class FewRows implements AutoCloseable {
  private final VectorDecoder decoder;
  private final ModelSpec spec;
  private final Program program;
  private final IValue embedding;

  /**
   * @param embedding [vocab, hidden], owned by another
   */
  FewRows(VectorDecoder decoder, ModelSpec spec, Program program, IValue embedding) {
    this.decoder = decoder;
    this.spec = spec;
    this.program = program;
    this.embedding = embedding;
  }

  /** Whether a step is one of those. */
  boolean takes(StepPlan plan) {
    List<Slice> slices = plan.slices();
    return slices.size() <= decoder.maxRows()
        && !slices.isEmpty()
        && slices.get(slices.size() - 1).count() == 1;
  }

  /**
   * The logits of the rows that are sampled, in the plan's order.
   *
   * @param all whether of all rows instead
   */
  PtNDArray logits(StepPlan plan, boolean all, KvCache cache, PtNDManager manager) {
    List<Slice> slices = plan.slices();
    int[] positions = slices.stream().mapToInt(Slice::from).toArray();
    int[][] tables = new int[slices.size()][];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = table(slices.get(i).sequence(), positions[i] / cache.blockSize() + 1);
    }
    float[] logits = decoder.logits(embedded(slices, manager), positions, tables, cache.layers());
    return wanted(logits, slices, all, manager);
  }

  @Override
  public void close() {
    decoder.close();
  }

  private static int[] table(Sequence sequence, int blocks) {
    int[] table = new int[blocks];
    for (int i = 0; i < blocks; i++) {
      table[i] = sequence.block(i);
    }
    return table;
  }

  private float[] embedded(List<Slice> slices, PtNDManager manager) {
    long[] tokens =
        slices.stream().mapToLong(slice -> slice.sequence().token(slice.from())).toArray();
    try (Arguments arguments = new Arguments(manager)) {
      arguments.shared(embedding).add(tokens);
      return program.tensor(arguments.tensors(), "embed", arguments.values()).toFloatArray();
    }
  }

  private PtNDArray wanted(float[] logits, List<Slice> slices, boolean all, PtNDManager manager) {
    int vocab = spec.vocab();
    int rows = 0;
    for (int i = 0; i < slices.size(); i++) {
      if (all || slices.get(i).reachesEnd()) {
        System.arraycopy(logits, i * vocab, logits, rows++ * vocab, vocab);
      }
    }
    float[] kept = rows == slices.size() ? logits : Arrays.copyOf(logits, rows * vocab);
    return manager.create(FloatBuffer.wrap(kept), new Shape(rows, vocab), DataType.FLOAT32);
  }
}
