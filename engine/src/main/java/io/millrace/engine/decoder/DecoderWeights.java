package io.millrace.engine.decoder;

import java.util.List;

/**
 * The weights of a model as a {@link ForwardPass} takes them, without the embedding.
 *
 * @param <M> type of the packed matrices
 * @param head the output head, {@code [vocab, hidden]}
 */
public record DecoderWeights<M>(DecoderShape shape, List<DecoderLayer<M>> layers, Linear<M> head) {

  public DecoderWeights {
    layers = List.copyOf(layers);
  }
}
