package io.millrace.worker.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.worker.schedule.Sequence;
import io.millrace.worker.schedule.StepPlan;
import io.millrace.worker.schedule.StepPlan.Slice;
import io.millrace.worker.vector.VectorDecoder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Steps of a few sequences with one token each, computed with vectors in Java. Sampling is the
 * program's, but for the likeliest token, and so is the cache.
 */
final class FewRows implements AutoCloseable {
  private final String label;
  private final VectorDecoder decoder;
  private final ModelSpec spec;
  private final EmbeddingRows embedding;

  /**
   * @param label names it in logs
   */
  FewRows(String label, VectorDecoder decoder, ModelSpec spec, EmbeddingRows embedding) {
    this.label = label;
    this.decoder = decoder;
    this.spec = spec;
    this.embedding = embedding;
  }

  String label() {
    return label;
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
    compute(plan, cache, manager);
    return wanted(decoder.logits(), plan.slices(), all, manager);
  }

  /** The likeliest token of each row that is sampled, in the plan's order. */
  int[] likeliest(StepPlan plan, KvCache cache, PtNDManager manager) {
    compute(plan, cache, manager);
    int[] tokens = decoder.likeliest();
    List<Slice> slices = plan.slices();
    return IntStream.range(0, tokens.length)
        .filter(row -> slices.get(row).reachesEnd())
        .map(row -> tokens[row])
        .toArray();
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

  private void compute(StepPlan plan, KvCache cache, PtNDManager manager) {
    List<Slice> slices = plan.slices();
    int[] positions = slices.stream().mapToInt(Slice::from).toArray();
    int[][] tables = new int[slices.size()][];
    for (int i = 0; i < tables.length; i++) {
      tables[i] = table(slices.get(i).sequence(), positions[i] / cache.blockSize() + 1);
    }
    long[] tokens =
        slices.stream().mapToLong(slice -> slice.sequence().token(slice.from())).toArray();
    decoder.compute(embedding.read(tokens, manager), positions, tables, cache.layers());
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
