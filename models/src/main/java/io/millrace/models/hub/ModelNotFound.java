package io.millrace.models.hub;

import org.jspecify.annotations.Nullable;

/** A model that cannot be found: the message says what was tried and what can be done. */
public final class ModelNotFound extends RuntimeException {
  ModelNotFound(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
