package io.millrace.engine.model;

import io.millrace.engine.vector.Format;
import io.millrace.engine.vector.LayerCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether few sequences are decoded with vectors, how many, and how weights are kept for it.
 *
 * @param format null for not at all
 */
record VectorChoice(@Nullable Format format, int maxRows) {
  private static final Logger log = LoggerFactory.getLogger(VectorChoice.class);

  /** From there on the program's matrix multiplications are faster by more than its calls cost. */
  private static final int DEFAULT_ROWS = 8;

  /** Part of the free heap that weights may take. */
  private static final double SHARE = 0.7;

  /**
   * @param wantedRows null for as many as it is worth for
   * @param gemm whether two rows and more have a faster way
   */
  static VectorChoice of(
      Precision precision, Quantization quantization, @Nullable Integer wantedRows, boolean gemm) {
    Format format =
        switch (quantization) {
          case INT8 -> Format.INT8;
          case INT4 -> null;
          case NONE -> of(precision, wantedRows != null);
        };
    int rows = wantedRows == null ? (gemm ? 1 : DEFAULT_ROWS) : wantedRows;
    if (format == Format.BFLOAT16 && gemm && rows == 1) {
      format = Format.FLOAT12;
    }
    return new VectorChoice(rows == 0 ? null : format, rows);
  }

  /** Float32 is computed in one way unless another is asked for, so that it can be reproduced. */
  private static @Nullable Format of(Precision precision, boolean wanted) {
    return switch (precision) {
      case BF16 -> Format.BFLOAT16;
      case FP32 -> wanted ? Format.FLOAT32 : null;
      case FP16, AUTO -> null;
    };
  }

  /** Where the weights are collected; null if they cannot or should not be. */
  @Nullable VectorWeights weights(ModelSpec spec, KvCacheSize size) {
    if (format == null
        || !Format.areAvailable()
        || !VectorWeights.takes(spec, format)
        || !LayerCache.takes(size.blockSize())) {
      return null;
    }
    if (size.bytesOfLayer(spec) > Integer.MAX_VALUE) {
      log.info("no decoding with vectors: a layer's part of the KV cache is more than 2 GiB");
      return null;
    }
    Runtime runtime = Runtime.getRuntime();
    long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    long needed = VectorWeights.bytes(spec, format);
    if (needed > free * SHARE) {
      log.info(
          "no decoding with vectors: weights take {} MiB of Java's heap, which has {} MiB free"
              + " (MILLRACE_HEAP sets its size)",
          needed >> 20,
          free >> 20);
      return null;
    }
    return new VectorWeights(spec, format);
  }
}
