package io.millrace.engine.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A failure of the device that computes, such as a GPU that has fallen off its bus or is out of
 * memory. Nothing that this process computes on it can be trusted any more, whichever sequence it
 * is for; after most of CUDA's errors every further call fails, too.
 */
public final class DeviceFailure extends RuntimeException {
  /** As libtorch and CUDA's libraries say it, somewhere within a traceback of TorchScript. */
  private static final Pattern OF_CUDA =
      Pattern.compile(
          "(?:CUDA out of memory|CUDA (?:driver )?error|cuDNN error|CUBLAS_STATUS_|CUDA_ERROR_"
              + "|NVRTC_ERROR)[^\\n]*");

  /**
   * @param message what the device says, in one line
   */
  public DeviceFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** The failure of the device that an exception tells of; empty if it tells of none. */
  public static Optional<DeviceFailure> of(RuntimeException e) {
    if (e instanceof DeviceFailure failure) {
      return Optional.of(failure);
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      Matcher told = OF_CUDA.matcher(String.valueOf(cause.getMessage()));
      if (told.find()) {
        return Optional.of(new DeviceFailure(told.group().strip(), e));
      }
    }
    return Optional.empty();
  }
}
