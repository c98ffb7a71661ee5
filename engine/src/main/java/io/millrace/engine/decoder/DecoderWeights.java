package io.millrace.engine.decoder;

import java.util.List;

/**
 * A model's weights as a {@link ForwardPass} takes them, but for the embedding.
 *
 * @param <M> how matrices are kept
 * @param head the output head, {@code [vocab, hidden]}
 */
public record DecoderWeights<M>(DecoderShape shape, List<DecoderLayer<M>> layers, Linear<M> head) {

  public DecoderWeights {
    layers = List.copyOf(layers);
  }
}
