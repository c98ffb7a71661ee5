package io.millrace.engine.decoder;

import java.util.List;

/**
 * A decoder that runs a {@link ForwardPass}. Its logits lie on Java's heap.
 *
 * @param <C> type of a layer's cache
 */
public final class JavaDecoder<C extends LayerCache> implements Decoder {
  private final String label;
  private final int maxDecodeRows;
  private final ForwardPass<?, C> pass;
  private final Class<C> layerType;
  private final Parts parts;
  private List<LayerCache> layers = List.of();
  private List<C> typedLayers = List.of();

  /**
   * The parts that all decoders of a model share, and none of them closes.
   *
   * @param sampler samples tokens where the arg-max is not enough
   */
  public record Parts(EmbeddingTable embedding, KvCache cache, LogitsSampler sampler) {}

  private JavaDecoder(
      String label, int maxDecodeRows, ForwardPass<?, C> pass, Class<C> layerType, Parts parts) {
    this.label = label;
    this.maxDecodeRows = maxDecodeRows;
    this.pass = pass;
    this.layerType = layerType;
    this.parts = parts;
  }

  /** A decoder that takes any step. */
  public static <C extends LayerCache> JavaDecoder<C> forAnyStep(
      String label, ForwardPass<?, C> pass, Class<C> layerType, Parts parts) {
    return new JavaDecoder<>(label, 0, pass, layerType, parts);
  }

  /**
   * A decoder that takes steps of up to {@code maxRows} rows that decode: sequences with one token
   * each, or with some that are proposed behind it.
   */
  public static <C extends LayerCache> JavaDecoder<C> forDecode(
      String label, int maxRows, ForwardPass<?, C> pass, Class<C> layerType, Parts parts) {
    return new JavaDecoder<>(label, maxRows, pass, layerType, parts);
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public boolean takes(StepInput step) {
    return maxDecodeRows == 0
        || (step.numRows() <= maxDecodeRows && (step.isDecode() || step.wantsAllRows()));
  }

  @Override
  public StepOutput compute(StepInput step) {
    pass.run(step, parts.embedding.rows(step.tokens()), cache());
    return new HeapOutput(step.wanted().length, pass::logits, pass::argmax, parts.sampler);
  }

  /** Closes nothing, because all parts are shared. */
  @Override
  public void close() {}

  private List<C> cache() {
    List<LayerCache> now = parts.cache.layers();
    if (now != layers) {
      layers = now;
      typedLayers = now.stream().map(layerType::cast).toList();
    }
    return typedLayers;
  }
}
