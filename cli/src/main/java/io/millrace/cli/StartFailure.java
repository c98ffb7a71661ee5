package io.millrace.cli;

import org.jspecify.annotations.Nullable;

/** The failure of a command's start, in one line for the person who typed it. */
public class StartFailure extends RuntimeException {
  public StartFailure(String message) {
    super(message);
  }

  public StartFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
