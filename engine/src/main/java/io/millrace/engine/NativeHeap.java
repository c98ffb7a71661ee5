package io.millrace.engine;

import com.sun.jna.Function;
import org.jspecify.annotations.Nullable;

/** The heap of glibc, where native libraries have theirs. */
final class NativeHeap {
  private static final @Nullable Function MALLOC_TRIM = find();

  private NativeHeap() {}

  /**
   * Gives what is free back to the system. It would stay with the process otherwise: the thresholds
   * in {@code bin/environment.properties} are for what a model's steps need again and again. Does
   * nothing with another C library.
   */
  static void trim() {
    if (MALLOC_TRIM != null) {
      MALLOC_TRIM.invokeInt(new Object[] {0L});
    }
  }

  private static @Nullable Function find() {
    try {
      return Function.getFunction("c", "malloc_trim");
    } catch (UnsatisfiedLinkError other) {
      return null;
    }
  }
}
