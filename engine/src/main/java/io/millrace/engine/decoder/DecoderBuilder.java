package io.millrace.engine.decoder;

import io.millrace.engine.simd.ThreadTeam;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The builder of decoders of one kind, which takes the model's weights while they are read. */
public interface DecoderBuilder {

  /** The collector of the model's weights. */
  JavaWeights<?> weights();

  /** Whether the output head can be read back row by row in bfloat16 when it is packed. */
  default boolean readsHeadBack() {
    return false;
  }

  /** The output head's rows, when all weights are there; null where it is not read back. */
  default @Nullable EmbeddingTable head() {
    return null;
  }

  /** Has the JVM compile the code that decoding needs; may run while weights are read. */
  void warmUp();

  /**
   * Builds the decoders, when all weights are there: the first that takes a step computes it.
   *
   * @param team threads that compute; the caller closes it
   */
  List<Decoder> build(JavaDecoder.Parts parts, ThreadTeam team);
}
