package io.millrace.engine.load;

import io.millrace.engine.model.Kernel;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import org.jspecify.annotations.Nullable;

/**
 * The settings by which a model is held and computed.
 *
 * @param quantization takes precedence over precision
 * @param device such as {@code cpu}, {@code cuda} or {@code cuda:1}; {@code auto} takes a GPU if
 *     there is one
 * @param cudaKernels whether a GPU computes by kernels of our own, if it can
 * @param kernel null for the fastest on this machine
 * @param maxVectorRows sequences that are decoded with vectors at once; 0 for none, null for as
 *     many as it is faster for, which may be all; and for none in float32
 * @param batchInvariant whether a token's logits are the same to the bit whatever else is in its
 *     step; kernel and maxVectorRows must be null then
 * @param threads threads that share the work of one step
 * @param blockSize tokens a block of the KV cache; null for what is fastest
 * @param maxNumSequences sequences that are computed at once
 * @param maxModelLen tokens of prompt and answer together; null for what the model was made for
 * @param kvCacheBytes null for a part of the free memory
 * @param companion a model that is loaded after this one and needs room, too; its cache takes its
 *     share of the same bytes; null for none
 */
public record ModelSettings(
    Precision precision,
    Quantization quantization,
    String device,
    boolean cudaKernels,
    @Nullable Kernel kernel,
    @Nullable Integer maxVectorRows,
    boolean batchInvariant,
    int threads,
    @Nullable Integer blockSize,
    int maxNumSequences,
    @Nullable Integer maxModelLen,
    @Nullable Long kvCacheBytes,
    @Nullable Companion companion) {

  /** The same beside another model. */
  public ModelSettings with(Companion other) {
    return with(kvCacheBytes, other);
  }

  /** The same with so many bytes for the cache, beside none. */
  public ModelSettings withKvCacheBytes(long bytes) {
    return with(bytes, null);
  }

  private ModelSettings with(@Nullable Long cacheBytes, @Nullable Companion other) {
    return new ModelSettings(
        precision,
        quantization,
        device,
        cudaKernels,
        kernel,
        maxVectorRows,
        batchInvariant,
        threads,
        blockSize,
        maxNumSequences,
        maxModelLen,
        cacheBytes,
        other);
  }
}
