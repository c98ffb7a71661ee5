package io.millrace.engine.cuda;

/**
 * The blocks of threads that a launch runs.
 *
 * @param threads of a block
 * @param sharedBytes of a block's shared memory, beside what the kernel declares
 */
public record Grid(int x, int y, int z, int threads, int sharedBytes) {

  /** Blocks in a row. */
  public static Grid of(int blocks, int threads) {
    return new Grid(blocks, 1, 1, threads, 0);
  }

  /** Blocks in three dimensions. */
  public static Grid of(int x, int y, int z, int threads) {
    return new Grid(x, y, z, threads, 0);
  }

  /** The same with shared memory. */
  public Grid withShared(int bytes) {
    return new Grid(x, y, z, threads, bytes);
  }
}
