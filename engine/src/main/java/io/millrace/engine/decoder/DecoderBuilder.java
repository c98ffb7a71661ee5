package io.millrace.engine.decoder;

import io.millrace.engine.simd.ThreadTeam;
import java.util.List;

/** The builder of decoders of one kind, which takes the model's weights while they are read. */
public interface DecoderBuilder {

  /** The collector of the model's weights. */
  JavaWeights<?> weights();

  /** Has the JVM compile the code that decoding needs; may run while weights are read. */
  void warmUp();

  /**
   * Builds the decoders, when all weights are there: the first that takes a step computes it.
   *
   * @param team threads that compute; the caller closes it
   */
  List<Decoder> build(JavaDecoder.Parts parts, ThreadTeam team);
}
