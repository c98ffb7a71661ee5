package io.millrace.engine.sampling;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The rows of one step whose next token is one of a mask. Masks are waited for when they are
 * needed, which is after the model has computed.
 *
 * @param rows of the batch, ascending
 * @param masks one for each of them
 */
public record MaskedRows(long[] rows, List<TokenMask> masks) {
  /** For each byte of a mask, eight bytes: 1 for a token that may not come. */
  private static final long[] FORBIDDEN =
      IntStream.range(0, 256).mapToLong(MaskedRows::of).toArray();

  static MaskedRows of(List<SamplingRow> all) {
    long[] rows =
        IntStream.range(0, all.size())
            .filter(i -> all.get(i).mask() != null)
            .asLongStream()
            .toArray();
    List<TokenMask> masks = new ArrayList<>();
    for (SamplingRow row : all) {
      if (row.mask() != null) {
        masks.add(row.mask());
      }
    }
    return new MaskedRows(rows, masks);
  }

  private static long of(int mask) {
    long bytes = 0;
    for (int bit = 0; bit < 8; bit++) {
      bytes |= (long) (~mask >> bit & 1) << 8 * bit;
    }
    return bytes;
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return rows.length == 0;
  }

  /**
   * A byte for each row and token, 1 if it may not come; rows are as long as the masks' words.
   * Waits for all masks.
   */
  ByteBuffer forbidden() {
    if (isEmpty()) {
      return ByteBuffer.allocate(0);
    }
    List<long[]> words = masks.stream().map(TokenMask::words).toList();
    int bytes = words.stream().mapToInt(row -> row.length * Long.SIZE).sum();
    ByteBuffer forbidden = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long[] row : words) {
      for (long word : row) {
        for (int shift = 0; shift < Long.SIZE; shift += 8) {
          forbidden.putLong(FORBIDDEN[(int) (word >>> shift) & 0xff]);
        }
      }
    }
    return forbidden.flip();
  }
}
