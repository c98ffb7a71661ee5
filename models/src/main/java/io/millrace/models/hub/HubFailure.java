package io.millrace.models.hub;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failure to get a model from the hub, with advice for the person who asked for it. */
final class HubFailure extends IOException {
  private final @Nullable String advice;

  /**
   * @param advice what to do about it, as a sentence without a full stop; null if there is nothing
   *     to say
   */
  HubFailure(String message, @Nullable String advice) {
    super(message);
    this.advice = advice;
  }

  @Nullable String advice() {
    return advice;
  }
}
