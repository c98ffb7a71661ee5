package io.millrace.engine.model;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.millrace.engine.gemm.GemmDecoder;
import io.millrace.engine.gemm.Span;
import io.millrace.engine.schedule.StepPlan;
import io.millrace.engine.schedule.StepPlan.Slice;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Steps of any size, computed with multiplications of matrices. */
final class ManyRows implements Decoding {
  private final GemmDecoder decoder;
  private final ModelSpec spec;
  private final EmbeddingRows embedding;

  ManyRows(GemmDecoder decoder, ModelSpec spec, EmbeddingRows embedding) {
    this.decoder = decoder;
    this.spec = spec;
    this.embedding = embedding;
  }

  @Override
  public String label() {
    return Kernel.BRGEMM_BF16.label();
  }

  @Override
  public boolean takes(StepPlan plan) {
    return true;
  }

  @Override
  public PtNDArray logits(StepPlan plan, int[] wanted, KvCache cache, PtNDManager manager) {
    compute(plan, wanted, cache, manager);
    FloatBuffer logits = FloatBuffer.wrap(decoder.logits());
    return manager.create(logits, new Shape(wanted.length, spec.vocab()), DataType.FLOAT32);
  }

  @Override
  public int[] likeliest(StepPlan plan, int[] wanted, KvCache cache, PtNDManager manager) {
    compute(plan, wanted, cache, manager);
    return decoder.likeliest();
  }

  private void compute(StepPlan plan, int[] wanted, KvCache cache, PtNDManager manager) {
    long[] tokens = new long[plan.numTokens()];
    List<Span> spans = new ArrayList<>();
    int row = 0;
    for (Slice slice : plan.slices()) {
      spans.add(new Span(slice.from(), slice.count(), cache.table(slice)));
      for (int i = slice.from(); i < slice.end(); i++) {
        tokens[row++] = slice.sequence().token(i);
      }
    }
    decoder.compute(embedding.read(tokens, manager), spans, cache.pairedLayers(), wanted);
  }
}
