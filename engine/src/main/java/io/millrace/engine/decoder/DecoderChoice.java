package io.millrace.engine.decoder;

import io.millrace.engine.model.ModelSpec;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;

/** The choice of a decoder for a model, made before its weights are read: an entry of the plan. */
public interface DecoderChoice {

  /** The decoder's name in logs and benchmarks. */
  String label();

  /** The builder of the chosen decoder. */
  DecoderBuilder builder(Context context);

  /**
   * The facts about a model that are known before its weights are read.
   *
   * @param blockSize tokens a block of the KV cache
   * @param layers factory of layer caches like those that the decoder will be given, for its
   *     warm-up
   * @param memory allocator of native memory, in bytes, which lives as long as the model
   */
  record Context(
      ModelSpec spec, int blockSize, LayerCache.Factory layers, IntFunction<ByteBuffer> memory) {}
}
