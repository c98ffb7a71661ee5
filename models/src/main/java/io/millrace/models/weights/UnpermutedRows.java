package io.millrace.models.weights;

import java.nio.ByteBuffer;

/**
 * Rows of q and k as Hugging Face orders them. ggml rotates neighbouring rows of a head together,
 * transformers row {@code i} with row {@code i + headDim / 2}; a GGUF file of a Llama holds row
 * {@code half * headDim / 2 + i} of each head at {@code 2 * i + half}.
 */
final class UnpermutedRows implements RowSource {
  private final RowSource permuted;
  private final long headDim;

  /**
   * @param headDim rows of a head, an even number of which the tensor has a multiple
   */
  UnpermutedRows(RowSource permuted, long headDim) {
    this.permuted = permuted;
    this.headDim = headDim;
  }

  @Override
  public ByteBuffer read(long first, long count) {
    ByteBuffer heads = heads(first, count);
    ByteBuffer out = RowSource.allocate(count * rowBytes(heads, first, count));
    unpermute(heads, first, count, out);
    return out;
  }

  @Override
  public void read(long first, long count, ByteBuffer into) {
    unpermute(heads(first, count), first, count, RowSource.rest(into));
  }

  /** The heads that have these rows. */
  private ByteBuffer heads(long first, long count) {
    return permuted.read(firstHead(first) * headDim, numHeads(first, count) * headDim);
  }

  private void unpermute(ByteBuffer heads, long first, long count, ByteBuffer out) {
    int rowBytes = rowBytes(heads, first, count);
    for (long row = first; row < first + count; row++) {
      long from = permutedRow(row) - firstHead(first) * headDim;
      out.put((int) (row - first) * rowBytes, heads, (int) from * rowBytes, rowBytes);
    }
  }

  private int rowBytes(ByteBuffer heads, long first, long count) {
    return (int) (heads.capacity() / (numHeads(first, count) * headDim));
  }

  private long firstHead(long row) {
    return row / headDim;
  }

  private long numHeads(long first, long count) {
    return (first + count + headDim - 1) / headDim - firstHead(first);
  }

  private long permutedRow(long row) {
    long head = row / headDim;
    long within = row % headDim;
    long half = within / (headDim / 2);
    return head * headDim + 2 * (within % (headDim / 2)) + half;
  }
}
