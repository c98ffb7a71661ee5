package io.millrace.models.weights;

import java.nio.ByteBuffer;

/**
 * Rows of q and k as Hugging Face orders them. ggml rotates neighbouring rows of a head together,
 * transformers row {@code i} with row {@code i + headDim / 2}; a GGUF file of a Llama holds row
 * {@code half * headDim / 2 + i} of each head at {@code 2 * i + half}.
 */
final class UnpermutedRows extends CopiedRows {
  private final RowSource permuted;
  private final long headDim;
  private final long rowBytes;

  /**
   * @param headDim rows of a head, an even number of which the tensor has a multiple
   */
  UnpermutedRows(RowSource permuted, long headDim, long rowBytes) {
    this.permuted = permuted;
    this.headDim = headDim;
    this.rowBytes = rowBytes;
  }

  @Override
  long rowBytes() {
    return rowBytes;
  }

  @Override
  void copy(long first, long count, ByteBuffer out) {
    long firstHead = first / headDim;
    long endHead = (first + count + headDim - 1) / headDim;
    ByteBuffer heads = permuted.read(firstHead * headDim, (endHead - firstHead) * headDim);
    int bytes = (int) rowBytes;
    for (long row = first; row < first + count; row++) {
      long from = permutedRow(row) - firstHead * headDim;
      out.put((int) (row - first) * bytes, heads, (int) from * bytes, bytes);
    }
  }

  private long permutedRow(long row) {
    long head = row / headDim;
    long within = row % headDim;
    long half = within / (headDim / 2);
    return head * headDim + 2 * (within % (headDim / 2)) + half;
  }
}
