package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.simd.Lanes;
import java.util.Locale;

/** How weights are kept. Inputs, sums and results are float32 with all of them. */
public enum WeightFormat {
  FLOAT32(1, 32),
  /** And once more in 12 bits, for single rows: see {@link Float12Matrix}. */
  BFLOAT16(2, 16 + 12),
  /** In 12 bits only. */
  FLOAT12(Float12Matrix.PARTS, 12),
  /** Whole numbers of 8 bits with a factor a row. */
  INT8(4, 8);

  private static final String MODULE = "jdk.incubator.vector";

  /** With fewer lanes (SSE, NEON) nothing here is tried. */
  private static final int FEWEST_LANES = 8;

  private final int inWord;
  private final int bits;

  WeightFormat(int inWord, int bits) {
    this.inWord = inWord;
    this.bits = bits;
  }

  /** Whether this Java has vectors, and this CPU wide ones. */
  public static boolean areAvailable() {
    return ModuleLayer.boot().findModule(MODULE).isPresent() && Lanes.COUNT >= FEWEST_LANES;
  }

  /** Bits of memory that a weight takes. */
  public int bits() {
    return bits;
  }

  /** Whether it can keep rows of this length. */
  public boolean takes(int in) {
    return in % inWord == 0;
  }

  /**
   * Packs a matrix.
   *
   * @param in must be one that the format {@link #takes}
   */
  public PackedMatrix pack(int out, int in, RowOrder order, RowReader source) {
    return switch (this) {
      case FLOAT32 -> new Float32Matrix(out, in, order, source);
      case BFLOAT16 -> new Bfloat16Matrix(out, in, order, source);
      case FLOAT12 -> new Bfloat16Matrix(out, in, order, source, false);
      case INT8 -> new Int8Matrix(out, in, order, source);
    };
  }

  /** Its name in logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
