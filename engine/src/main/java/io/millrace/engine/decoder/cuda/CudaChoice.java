package io.millrace.engine.decoder.cuda;

import io.millrace.engine.cuda.CudaDevice;
import io.millrace.engine.cuda.KernelSource;
import io.millrace.engine.cuda.NumberType;
import io.millrace.engine.decoder.DecoderBuilder;
import io.millrace.engine.decoder.DecoderChoice;
import io.millrace.engine.model.ModelSpec;
import org.jspecify.annotations.Nullable;

/**
 * The choice of the CUDA decoder, which computes any step.
 *
 * @param type of weights, activations and cache
 * @param maxSequences that share a step
 * @param maxRows that are computed at once; longer steps are computed in parts
 */
public record CudaChoice(CudaDevice device, NumberType type, int maxSequences, int maxRows)
    implements DecoderChoice {
  /** Enough rows that matrices are multiplied at full speed. */
  public static final int DEFAULT_MAX_ROWS = 1024;

  @Override
  public String label() {
    return "CUDA kernels in " + type.label();
  }

  @Override
  public DecoderBuilder builder(Context context) {
    return new CudaBuilder(this, context);
  }

  /** Why a model cannot be computed; null if it can. */
  public static @Nullable String obstacle(ModelSpec spec) {
    return spec.headDim() > DecoderKernels.WIDEST_HEAD
        ? "they take heads up to %d wide, but these are %d"
            .formatted(DecoderKernels.WIDEST_HEAD, spec.headDim())
        : null;
  }

  /** Bytes of a number of the cache, with what pads its head. */
  public int cacheBytes(ModelSpec spec) {
    int head = DecoderKernels.padded(spec.headDim(), DecoderKernels.CHUNK);
    return (type.bytes() * head + spec.headDim() - 1) / spec.headDim();
  }

  /** A cache for the decoder. */
  public CudaKvCache cache(ModelSpec spec, int numBlocks, int blockSize) {
    return new CudaKvCache(device, type, spec, numBlocks, blockSize);
  }

  KernelSource kernels(ModelSpec spec) {
    return DecoderKernels.of(type, spec.headDim());
  }
}
