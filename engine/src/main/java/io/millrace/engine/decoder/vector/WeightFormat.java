package io.millrace.engine.decoder.vector;

import io.millrace.engine.decoder.MatrixPacker;
import io.millrace.engine.decoder.RowOrder;
import io.millrace.engine.decoder.RowReader;
import io.millrace.engine.model.Quantization;
import io.millrace.engine.simd.Lanes;
import java.util.Locale;

/** The format of packed weights. Inputs, sums and results are float32 with all formats. */
public enum WeightFormat {
  FLOAT32(1, 32),
  /** bfloat16, and once more in 12 bits for single rows: see {@link Float12Matrix}. */
  BFLOAT16(2, 16 + 12),
  /** 12 bits only: see {@link Float12Matrix}. */
  FLOAT12(Float12Matrix.PARTS, 12),
  /** Integers of 8 bits with a factor for each row. */
  INT8(4, 8),
  /**
   * Integers of 4 bits with a scale and an offset for each 32 of a row: see {@link Int4Matrix}. The
   * output head has 8, because its errors are not averaged out by what follows.
   */
  INT4(Int4Matrix.GROUP, 4.5f);

  private static final String MODULE = "jdk.incubator.vector";

  /** Fewest lanes of a vector; with fewer (SSE, NEON) vectors are not used. */
  private static final int FEWEST_LANES = 8;

  private final int inWord;
  private final float bits;

  WeightFormat(int inWord, float bits) {
    this.inWord = inWord;
    this.bits = bits;
  }

  /** Whether this Java has vectors, and this CPU wide ones. */
  public static boolean areAvailable() {
    return ModuleLayer.boot().findModule(MODULE).isPresent() && Lanes.COUNT >= FEWEST_LANES;
  }

  /** Bits of memory that a weight takes. */
  public float bits() {
    return bits;
  }

  /** The format of the output head's weights. */
  public WeightFormat head() {
    return this == INT4 ? INT8 : this;
  }

  /** The quantization that packing is. */
  public Quantization quantization() {
    return switch (this) {
      case INT8 -> Quantization.INT8;
      case INT4 -> Quantization.INT4;
      default -> Quantization.NONE;
    };
  }

  /** Rows up to which it can be multiplied by the way for few. */
  public int mostFewRows() {
    return this == INT4 || this == FLOAT12 ? 1 : Integer.MAX_VALUE;
  }

  /** Whether it can keep rows of this length. */
  public boolean takes(int in) {
    return in % inWord == 0 && in % MicroKernel.COLUMNS == 0;
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
      case INT4 -> new Int4Matrix(out, in, order, source);
    };
  }

  /** A packer into this format. */
  MatrixPacker<PackedMatrix> packer() {
    return (out, in, run, order, rows) -> pack(out, in, order, rows);
  }

  /** Its name in logs. */
  public String label() {
    return this == FLOAT12 ? "bfloat16 in 12 bits" : name().toLowerCase(Locale.ROOT);
  }
}
