package io.millrace.engine.decoder;

import java.util.List;
import java.util.function.Function;

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

  /** The same weights with other matrices, such as views of these. */
  public <N> DecoderWeights<N> map(Function<M, N> view) {
    List<DecoderLayer<N>> mapped = layers.stream().map(layer -> layer.map(view)).toList();
    return new DecoderWeights<>(shape, mapped, head.map(view));
  }
}
