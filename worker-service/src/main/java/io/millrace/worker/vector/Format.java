package io.millrace.worker.vector;

import java.util.Locale;

/** How weights are kept. Inputs, sums and results are float32 with all of them. */
public enum Format {
  FLOAT32(4),
  BFLOAT16(2),
  /** Whole numbers of 8 bits with a factor a row. */
  INT8(1);

  private static final String MODULE = "jdk.incubator.vector";

  /** With fewer lanes (SSE, NEON) nothing here is tried. */
  private static final int FEWEST_LANES = 8;

  private final int bytes;

  Format(int bytes) {
    this.bytes = bytes;
  }

  /** Whether this Java has vectors, and this CPU wide ones. */
  public static boolean areAvailable() {
    return ModuleLayer.boot().findModule(MODULE).isPresent() && Lanes.COUNT >= FEWEST_LANES;
  }

  /** Bytes a weight. */
  public int bytes() {
    return bytes;
  }

  /** Whether it can keep rows of this length. */
  public boolean takes(int in) {
    return in % (Float.BYTES / bytes) == 0;
  }

  /**
   * Packs a matrix.
   *
   * @param in must be one that the format {@link #takes}
   */
  public PackedMatrix pack(int out, int in, PackedMatrix.Order order, PackedMatrix.Rows source) {
    return switch (this) {
      case FLOAT32 -> new Float32Matrix(out, in, order, source);
      case BFLOAT16 -> new Bfloat16Matrix(out, in, order, source);
      case INT8 -> new Int8Matrix(out, in, order, source);
    };
  }

  /** Its name in logs. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
