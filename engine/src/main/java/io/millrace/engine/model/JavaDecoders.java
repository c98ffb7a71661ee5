package io.millrace.engine.model;

import io.millrace.engine.vector.Team;
import io.millrace.engine.vector.TransposedCache;
import io.millrace.engine.vector.WarmUp;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What of a model is computed in Java, while its weights are loaded.
 *
 * @param vectors for steps of up to {@code maxRows} rows; null for none
 * @param matrices for all others; null if they are the program's
 */
record JavaDecoders(
    @Nullable VectorWeights vectors, int maxRows, @Nullable GemmWeights matrices, int blockSize) {

  boolean areNone() {
    return weights().isEmpty();
  }

  /** Where the model's weights go. */
  List<CollectedWeights<?>> weights() {
    return Stream.<CollectedWeights<?>>of(vectors, matrices).filter(Objects::nonNull).toList();
  }

  /**
   * Has the JVM compile decoding meanwhile.
   *
   * @param narrow whether the program's cache keeps values in bfloat16
   */
  CompletableFuture<Void> warmUp(boolean narrow) {
    WarmUp.Caches caches =
        matrices == null
            ? (keys, values, kvHeads, size, headDim) ->
                new TransposedCache(keys, values, narrow, kvHeads, size, headDim)
            : matrices::cache;
    return CompletableFuture.runAsync(
        () -> {
          if (vectors != null) {
            vectors.warmUp(blockSize, maxRows, caches);
          }
          if (matrices != null) {
            matrices.warmUp(blockSize);
          }
        });
  }

  /** The decoders, when all weights are there. */
  List<Decoding> decodings(ModelSpec spec, EmbeddingRows embedding, Team team) {
    List<Decoding> decodings = new ArrayList<>();
    if (vectors != null) {
      decodings.add(
          new FewRows(
              vectors.label(maxRows), vectors.decoder(blockSize, maxRows, team), spec, embedding));
    }
    if (matrices != null) {
      decodings.add(new ManyRows(matrices.decoder(blockSize, team), spec, embedding));
    }
    return decodings;
  }
}
