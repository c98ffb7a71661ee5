package io.millrace.engine.decoder;

import io.millrace.engine.schedule.BlockCopy;
import java.util.List;

/**
 * Keys and values of all tokens computed so far, in blocks (PagedAttention, arXiv:2309.06180).
 * Which block is whose is the block manager's business.
 */
public interface KvCache extends AutoCloseable {

  /** Blocks that it holds at most. */
  int numBlocks();

  /** Tokens a block. */
  int blockSize();

  /** Makes sure that the first {@code blocks} blocks can be used. */
  void hold(int blocks);

  /** Copies whole blocks, all at once: what is read is what was there before. */
  void copy(List<BlockCopy> copies);

  /** The memory layer by layer; another list after {@link #hold} had to move it. */
  List<LayerCache> layers();

  @Override
  void close();
}
