package io.millrace.engine.decoder.torch;

/**
 * The pair of the program's kernels for a model, as the one that reads a weight fastest for one row
 * is not the one that multiplies fastest for many. Where the two differ, every weight is packed
 * twice.
 *
 * @param few for steps of fewer than {@code manyRows} rows
 * @param many for all others
 */
public record KernelPair(TorchKernel few, TorchKernel many, int manyRows) {

  /** One kernel for all steps. */
  public static KernelPair only(TorchKernel kernel) {
    return new KernelPair(kernel, kernel, 1);
  }

  /** Whether weights are packed twice. */
  public boolean areTwo() {
    return few != many;
  }

  /** Whether a step of {@code rows} rows is one for {@link #many}. */
  boolean areMany(int rows) {
    return rows >= manyRows;
  }

  /** The kernels' names for logs. */
  public String label() {
    return areTwo()
        ? "%s, from %d rows on %s".formatted(few.label(), manyRows, many.label())
        : few.label();
  }
}
