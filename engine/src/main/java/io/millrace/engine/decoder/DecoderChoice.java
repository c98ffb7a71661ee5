package io.millrace.engine.decoder;

import io.millrace.engine.model.ModelSpec;
import java.nio.ByteBuffer;
import java.util.function.IntFunction;

/** A decoder that was chosen for a model, before there are weights: an entry of the plan. */
public interface DecoderChoice {

  /** The decoder's name in logs and benchmarks. */
  String label();

  /** Begins to build it. */
  DecoderBuilder builder(Context context);

  /**
   * What is known of a model before its weights are read.
   *
   * @param blockSize tokens a block of the KV cache
   * @param layers makes the caches that the decoder will be given, here for its warm-up
   * @param memory allocates so many bytes of native memory, which live as long as the model
   */
  record Context(
      ModelSpec spec, int blockSize, LayerCache.Factory layers, IntFunction<ByteBuffer> memory) {}
}
