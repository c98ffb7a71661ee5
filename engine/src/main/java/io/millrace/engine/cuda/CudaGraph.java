package io.millrace.engine.cuda;

/**
 * A graph: work of a {@link CudaDevice}, recorded to be launched as a whole any number of times.
 */
public interface CudaGraph extends AutoCloseable {

  /** Asks for all of it to run. */
  void launch();

  @Override
  void close();
}
