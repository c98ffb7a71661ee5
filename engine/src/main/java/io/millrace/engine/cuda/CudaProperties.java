package io.millrace.engine.cuda;

/**
 * What a GPU is.
 *
 * @param label as settings have it, such as {@code cuda:0}
 * @param name such as {@code NVIDIA H100 80GB HBM3}
 * @param driver the newest CUDA that its driver knows, such as {@code 12.8}
 * @param major of the compute capability
 * @param minor of the compute capability
 * @param multiprocessors that run blocks of threads
 * @param sharedBytes of a block's shared memory, at most
 * @param libraries the libraries used besides the driver, for logs
 */
public record CudaProperties(
    String label,
    String name,
    String driver,
    int major,
    int minor,
    int multiprocessors,
    int sharedBytes,
    String libraries) {

  /** The architecture as a compiler calls it, such as 90. */
  public int architecture() {
    return 10 * major + minor;
  }

  @Override
  public String toString() {
    return "%s: %s, compute capability %d.%d, driver for CUDA %s, %s"
        .formatted(label, name, major, minor, driver, libraries);
  }
}
