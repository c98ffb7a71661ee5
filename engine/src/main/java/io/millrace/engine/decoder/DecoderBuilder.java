package io.millrace.engine.decoder;

import io.millrace.engine.simd.ThreadTeam;

/** The builder of a decoder, which takes the model's weights while they are read. */
public interface DecoderBuilder {

  /** The collector of the model's weights. */
  JavaWeights<?> weights();

  /** Has the JVM compile the code that decoding needs; may run while weights are read. */
  void warmUp();

  /**
   * Builds the decoder, when all weights are there.
   *
   * @param team threads that compute; the caller closes it
   */
  Decoder build(JavaDecoder.Parts parts, ThreadTeam team);
}
