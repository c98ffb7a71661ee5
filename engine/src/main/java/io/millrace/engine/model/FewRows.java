package io.millrace.engine.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.schedule.StepPlan.Slice;
import io.millrace.engine.vector.VectorDecoder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** Steps of a few sequences with one token each, computed with vectors. */
final class FewRows implements Decoding {
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

  @Override
  public String label() {
    return label;
  }

  @Override
  public boolean takes(StepPlan plan) {
    List<Slice> slices = plan.slices();
    return slices.size() <= decoder.maxRows()
        && !slices.isEmpty()
        && slices.get(slices.size() - 1).count() == 1;
  }

  @Override
  public PtNDArray logits(StepPlan plan, int[] wanted, KvCache cache, PtNDManager manager) {
    compute(plan, cache, manager);
    int vocab = spec.vocab();
    float[] all = decoder.logits();
    float[] kept = new float[wanted.length * vocab];
    for (int i = 0; i < wanted.length; i++) {
      System.arraycopy(all, wanted[i] * vocab, kept, i * vocab, vocab);
    }
    return manager.create(
        FloatBuffer.wrap(kept), new Shape(wanted.length, vocab), DataType.FLOAT32);
  }

  @Override
  public int[] likeliest(StepPlan plan, int[] wanted, KvCache cache, PtNDManager manager) {
    compute(plan, cache, manager);
    int[] tokens = decoder.likeliest();
    return Arrays.stream(wanted).map(row -> tokens[row]).toArray();
  }

  private void compute(StepPlan plan, KvCache cache, PtNDManager manager) {
    List<Slice> slices = plan.slices();
    int[] positions = slices.stream().mapToInt(Slice::from).toArray();
    int[][] tables = slices.stream().map(cache::table).toArray(int[][]::new);
    long[] tokens =
        slices.stream().mapToLong(slice -> slice.sequence().token(slice.from())).toArray();
    decoder.compute(embedding.read(tokens, manager), positions, tables, cache.layers());
  }
}
