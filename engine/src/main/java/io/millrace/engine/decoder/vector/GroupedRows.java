package io.millrace.engine.decoder.vector;

/**
 * Rows of numbers as a {@link MicroKernel} reads them: groups of rows, those of a group
 * interleaved.
 */
final class GroupedRows {
  private final int group;
  private int width;
  private float[] numbers = {};

  GroupedRows(int group) {
    this.group = group;
  }

  /** {@code rows}, rounded up to whole groups. */
  int padded(int rows) {
    return (rows + group - 1) / group * group;
  }

  /** Makes room for rows of a width; the content is lost. */
  void reserve(int rows, int width) {
    this.width = width;
    int needed = Math.multiplyExact(padded(rows), width);
    if (numbers.length < needed) {
      numbers = new float[needed];
    }
  }

  float[] numbers() {
    return numbers;
  }

  /** Index of a group's first number; that of its next column is {@code group} further. */
  int at(int firstRow) {
    return firstRow * width;
  }

  /** Stores consecutive numbers of a row. */
  void put(int row, int column, float[] from, int at, int count) {
    int into = place(row) + column * group;
    for (int i = 0; i < count; i++) {
      numbers[into + i * group] = from[at + i];
    }
  }

  /** Stores a row, its numbers multiplied by a scale and by factors of their own. */
  void putProducts(int row, float[] from, int at, float scale, float[] factors) {
    int into = place(row);
    for (int i = 0; i < width; i++) {
      float factor = factors.length == 0 ? scale : scale * factors[i];
      numbers[into + i * group] = from[at + i] * factor;
    }
  }

  private int place(int row) {
    return PackedMatrix.firstPlace(row, group, width);
  }
}
