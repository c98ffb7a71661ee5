package io.millrace.engine.model;

/**
 * The kernels of a model: what reads a weight fastest for one row is not what multiplies fastest
 * for many. Where the two differ, every weight is packed twice.
 *
 * @param few for steps of fewer than {@code manyRows} rows
 * @param many for all others
 */
record Kernels(Kernel few, Kernel many, int manyRows) {

  /** One kernel for all steps. */
  static Kernels only(Kernel kernel) {
    return new Kernels(kernel, kernel, 1);
  }

  /** Whether weights are packed twice. */
  boolean areTwo() {
    return few != many;
  }

  /** Whether a step of so many rows is one of many. */
  boolean areMany(int rows) {
    return rows >= manyRows;
  }

  /** Names for logs. */
  String label() {
    return areTwo()
        ? "%s, from %d rows on %s".formatted(few.label(), manyRows, many.label())
        : few.label();
  }
}
