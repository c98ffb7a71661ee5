package io.millrace.engine.load;

import io.millrace.engine.decoder.gemm.GemmChoice;
import io.millrace.engine.decoder.gemm.Int8Panels;
import io.millrace.engine.decoder.vector.VectorChoice;
import io.millrace.engine.model.ModelSpec;
import io.millrace.engine.model.Precision;
import io.millrace.engine.model.Quantization;
import org.jspecify.annotations.Nullable;

/**
 * The obstacles to decoders written in Java: why one cannot be taken, each null where it can.
 *
 * @param weights number of the model's parameters
 */
record DecoderObstacles(
    ModelSpec published,
    Precision precision,
    long weights,
    ModelSettings settings,
    Machine machine) {
  /** Share of the free heap that weights may take. */
  private static final double SHARE_OF_HEAP = 0.7;

  /** Why keys and values cannot be read as panels, two vectors wide. */
  @Nullable String ofPanels(ModelSpec spec, KvCacheSize cache) {
    int panel = 2 * machine.lanes();
    if (cache.blockSize() % panel != 0) {
      return "they need a --block-size of %d or more, but it is %d"
          .formatted(panel, cache.blockSize());
    }
    return spec.headDim() % 2 == 0
        ? null
        : "they need heads of an even width, which is %d".formatted(spec.headDim());
  }

  /** Why weights of bfloat16 cannot be multiplied by the GEMM of this machine. */
  @Nullable String ofGemm(int blockSize) {
    String obstacle = ofMachine(blockSize);
    if (obstacle != null) {
      return obstacle;
    }
    long needed = Short.BYTES * weights;
    if (settings.quantization() != Quantization.NONE && needed > machine.freeHostBytes()) {
      return "needs %d MiB for weights in bfloat16, and %d MiB are free"
          .formatted(needed >> 20, machine.freeHostBytes() >> 20);
    }
    return GemmChoice.takes(published)
        ? null
        : "needs heads of an even width, which is %d, and matrices of less than 2 GiB"
            .formatted(published.headDim());
  }

  /**
   * Why weights of int8 cannot be multiplied by it.
   *
   * @param share they may take one part in so many of the free memory
   */
  @Nullable String ofInt8Gemm(int blockSize, int share) {
    String obstacle = ofMachine(blockSize);
    if (obstacle != null) {
      return obstacle;
    }
    if (weights > machine.freeHostBytes() / share) {
      return "needs %d MiB for weights in int8, and %d MiB are free"
          .formatted(weights >> 20, machine.freeHostBytes() >> 20);
    }
    return Int8Panels.takes(published) ? null : "needs widths that are whole runs of bytes";
  }

  private @Nullable String ofMachine(int blockSize) {
    if (machine.gemm() == null) {
      return "needs Linux and a CPU with AVX512-BF16";
    }
    if (machine.lanes() == 0) {
      return "needs Java to be started with --add-modules=jdk.incubator.vector";
    }
    if (blockSize % (2 * machine.lanes()) != 0) {
      return "needs a --block-size of %d or more, but it is %d"
          .formatted(2 * machine.lanes(), blockSize);
    }
    return null;
  }

  /** Why a model cannot be computed with vectors. */
  @Nullable String ofVectors(VectorChoice choice, ModelSpec spec, KvCacheSize cache) {
    if (machine.lanes() == 0) {
      return "they need AVX2 or more, and Java to be started with"
          + " --add-modules=jdk.incubator.vector";
    }
    if (cache.blockSize() % machine.lanes() != 0) {
      return "blocks of %d tokens are no whole vectors of %d"
          .formatted(cache.blockSize(), machine.lanes());
    }
    if (!choice.takes(spec)) {
      return "%s cannot keep matrices of these widths".formatted(choice.format().label());
    }
    if (cache.bytesOfLayer(spec) > Integer.MAX_VALUE) {
      return "a layer's part of the KV cache is more than 2 GiB";
    }
    long needed = choice.heapBytes(spec);
    return needed <= machine.freeHeapBytes() * SHARE_OF_HEAP
        ? null
        : "weights take %d MiB of Java's heap, which has %d MiB free (MILLRACE_HEAP sets its size)"
            .formatted(needed >> 20, machine.freeHeapBytes() >> 20);
  }

  /**
   * Why there is no room for weights on the heap beside those that other decoders keep.
   *
   * @param bfloat16Panels whether these keep bfloat16 whatever the quantization
   */
  @Nullable String ofMemory(
      VectorChoice choice, boolean bfloat16Panels, ModelSpec spec, KvCacheSize cache) {
    int bytes = precision == Precision.FP32 ? Float.BYTES : Short.BYTES;
    if (settings.quantization() != Quantization.NONE) {
      bytes = bfloat16Panels ? Short.BYTES : Byte.BYTES;
    }
    long needed = choice.heapBytes(spec) + bytes * weights + cache.bytes();
    return needed <= machine.freeHostBytes()
        ? null
        : "weights in two formats and the KV cache take %d MiB, and %d MiB are free"
            .formatted(needed >> 20, machine.freeHostBytes() >> 20);
  }
}
