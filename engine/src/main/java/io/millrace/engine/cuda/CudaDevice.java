package io.millrace.engine.cuda;

import java.nio.ByteBuffer;

/**
 * A GPU and one stream of work on it: all that is asked for is done in the order in which it was
 * asked for. Addresses are the device's own. For one thread at a time.
 *
 * <p>All methods throw {@link CudaException} when the device fails.
 */
public interface CudaDevice extends AutoCloseable {

  /** What the device is. */
  CudaProperties properties();

  /** Bytes of memory that are left. */
  long freeBytes();

  /** The address of fresh memory full of zeros, at least 256 bytes aligned. */
  long allocate(long bytes);

  /** Gives memory back. */
  void free(long address);

  /**
   * Memory of the host from which copies run beside the host's own work; it lives as long as the
   * device.
   */
  ByteBuffer hostMemory(int bytes);

  /**
   * Asks for a copy to the device. The buffer must stay as it is until {@link #synchronize}.
   *
   * @param source direct; what remains is copied
   */
  void upload(long target, ByteBuffer source);

  /**
   * Copies from the device, and waits for all that was asked for before.
   *
   * @param target direct; what remains is filled
   */
  void download(ByteBuffer target, long source);

  /**
   * Makes kernels ready; later ones of the same name take the place of earlier ones.
   *
   * @param source as {@link #prepare} may have compiled it before
   */
  void load(KernelSource source);

  /** Compiles kernels, so that loading them is quick; on any thread. */
  void prepare(KernelSource source);

  /**
   * Asks for a kernel to run.
   *
   * @param arguments in the kernel's order: long for addresses and long long, int, float
   */
  void launch(String kernel, Grid grid, Number... arguments);

  /** Asks for a multiplication: {@code y = x w^T}, or {@code y += x w^T}. */
  void multiply(Product product, long x, long w, long y);

  /**
   * Records launches and multiplications instead of running them. What they read and write stays
   * where it is as long as the graph lives.
   *
   * @param work must not copy, allocate or wait
   */
  CudaGraph capture(Runnable work);

  /** Waits for all that was asked for. */
  void synchronize();

  /** Gives all of its memory back. */
  @Override
  void close();
}
