package io.millrace.engine.decoder.torch;

import ai.djl.pytorch.jni.JniUtils;
import org.jspecify.annotations.Nullable;

/**
 * The settings that libtorch keeps for each thread that calls it. Java's decoders have threads of
 * their own; libtorch's are for sampling, and for the program.
 */
public final class TorchThreads {
  /** For so few rows, waking libtorch's threads up costs more than they bring. */
  private static final int FEW_ROWS = 8;

  private final int threads;
  private @Nullable Thread prepared;
  private int preparedThreads;

  /**
   * @param threads that share the work of one operator
   */
  public TorchThreads(int threads) {
    this.threads = threads;
  }

  /** Sets the calling thread up for running programs with all threads. */
  public void useAll() {
    use(threads);
  }

  /** Sets the calling thread up for cheap work on {@code rows} rows. */
  void useFor(int rows) {
    use(rows <= FEW_ROWS ? 1 : threads);
  }

  private void use(int wanted) {
    if (prepared != Thread.currentThread() || preparedThreads != wanted) {
      prepared = Thread.currentThread();
      preparedThreads = wanted;
      JniUtils.setNumThreads(wanted);
      // The profiling executor would compile again for every new combination of shapes.
      JniUtils.setGraphExecutorOptimize(false);
      JniUtils.setGradMode(false);
    }
  }
}
