package io.millrace.engine.decoder;

import io.millrace.engine.simd.ThreadTeam;

/** A decoder whose weights are being read. */
public interface DecoderBuilder {

  /** Where the model's weights go. */
  JavaWeights<?> weights();

  /** Has the JVM compile what decoding needs; may run beside the reading of weights. */
  void warmUp();

  /**
   * Finishes, when all weights are there.
   *
   * @param team computes; belongs to another
   */
  Decoder build(JavaDecoder.Parts parts, ThreadTeam team);
}
