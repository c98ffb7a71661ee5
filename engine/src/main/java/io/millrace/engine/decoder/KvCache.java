package io.millrace.engine.decoder;

import io.millrace.engine.schedule.BlockCopy;
import java.util.List;

/**
 * The KV cache: keys and values of all tokens computed so far, in blocks (PagedAttention,
 * arXiv:2309.06180). The block manager decides which block belongs to which sequence.
 */
public interface KvCache extends AutoCloseable {

  /** Most blocks that the cache can hold. */
  int numBlocks();

  /** Tokens of a block. */
  int blockSize();

  /** Makes sure that the first {@code blocks} blocks can be used. */
  void hold(int blocks);

  /** Copies whole blocks as if all at once: every source is read as it was before the call. */
  void copy(List<BlockCopy> copies);

  /** The caches of the layers, for decoders that compute in Java. */
  List<LayerCache> layers();

  @Override
  void close();
}
