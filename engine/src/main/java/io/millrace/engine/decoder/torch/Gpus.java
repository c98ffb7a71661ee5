package io.millrace.engine.decoder.torch;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The GPUs that this process can compute on: what libtorch and the driver say of them, and, where
 * there is none, what is missing.
 *
 * @param libtorch its version, such as {@code 2.7.1+cu128}
 * @param forCuda whether this libtorch is built for GPUs
 * @param usable whether it can use those of this machine
 * @param driver of the machine, if there is one
 */
record Gpus(String libtorch, boolean forCuda, boolean usable, Optional<NvidiaDriver> driver) {

  /** What brings a libtorch that fits. */
  private static final String LIBTORCH_FOR_CUDA =
      "`pip install torch==%s` brings one for CUDA, and PYTORCH_LIBRARY_PATH is to name its folder"
          + " torch/lib";

  /** Number of GPUs. */
  int count() {
    // Without the driver's library libtorch finds none either; one is what it needs at least.
    return usable ? driver.map(NvidiaDriver::count).orElse(1) : 0;
  }

  /**
   * The obstacle to using a GPU, and what to do about it; empty if there is none.
   *
   * @param ordinal 0 for the first
   */
  Optional<String> obstacle(int ordinal) {
    if (!forCuda) {
      return Optional.of(
          "libtorch %s here is for CPUs; %s"
              .formatted(libtorch, LIBTORCH_FOR_CUDA.formatted(LibtorchFolder.gluedVersion())));
    }
    if (driver.isEmpty()) {
      return Optional.of(
          "there is no NVIDIA driver, whose libcuda.so.1 is not found; libtorch %s needs one for its CUDA or a newer one"
              .formatted(libtorch));
    }
    NvidiaDriver found = driver.get();
    return told(found::count, found)
        .or(() -> usable ? Optional.empty() : Optional.of(misfit(found)))
        .or(() -> tooFew(ordinal));
  }

  /** What hints that a GPU lies idle, for the log; empty if none does. */
  Optional<String> unused() {
    if (usable || driver.isEmpty()) {
      return Optional.empty();
    }
    try {
      int idle = driver.get().count();
      return idle == 0
          ? Optional.empty()
          : Optional.of(
              "%s not used: %s"
                  .formatted(idle == 1 ? "a GPU is" : idle + " GPUs are", obstacle(0).orElse("")));
    } catch (IllegalStateException broken) {
      return Optional.empty();
    }
  }

  /** What the driver says instead of a number of GPUs. */
  private static Optional<String> told(Supplier<Integer> count, NvidiaDriver driver) {
    try {
      return count.get() > 0
          ? Optional.empty()
          : Optional.of(
              "the NVIDIA driver for CUDA %s shows no GPU (CUDA_VISIBLE_DEVICES hides some)"
                  .formatted(driver.cuda()));
    } catch (IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private String misfit(NvidiaDriver found) {
    return "libtorch %s cannot use the NVIDIA driver%s, which is for CUDA %s: it needs a newer one"
        .formatted(libtorch, found.version().map(" "::concat).orElse(""), found.cuda());
  }

  private Optional<String> tooFew(int ordinal) {
    int count = count();
    return ordinal < count
        ? Optional.empty()
        : Optional.of(
            count == 1
                ? "there is one GPU, cuda:0"
                : "there are %d GPUs, cuda:0 to cuda:%d".formatted(count, count - 1));
  }

  /** A device in one line for the log. */
  String describe(int ordinal) {
    return "cuda:%d, %s, libtorch %s"
        .formatted(
            ordinal,
            driver.map(found -> found.describe(ordinal)).orElse("a GPU without a driver's word"),
            libtorch);
  }
}
