package io.millrace.engine.decoder;

/** The embedding matrix, [vocab, hidden], read row by row. */
@FunctionalInterface
public interface EmbeddingTable {

  /** [tokens x hidden] the embeddings of some tokens in float32; the caller may change them. */
  float[] rows(int[] tokens);
}
