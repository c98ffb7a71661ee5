package io.millrace.worker.reply;

import org.jspecify.annotations.Nullable;

/** What earlier attempts at a request have told cannot be read now. */
public final class UnreadableHistory extends RuntimeException {
  public UnreadableHistory(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
