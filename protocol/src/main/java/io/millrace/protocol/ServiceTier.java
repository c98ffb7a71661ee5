package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/**
 * The service that a request asks for, in OpenAI's words. It fixes the class of its queue, and
 * comes before {@code priority} wherever requests are put in order.
 */
public enum ServiceTier {
  /** Before all others. */
  PRIORITY,
  /** As is usual. */
  DEFAULT,
  /** What is usual where it is asked: {@link #DEFAULT}, and {@link #FLEX} in the batch class. */
  AUTO,
  /** Idle capacity: the batch class, and behind all others. */
  FLEX;

  /** As clients and records write it. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The class of the queue. */
  public RequestClass requestClass() {
    return this == FLEX ? RequestClass.BATCH : RequestClass.INTERACTIVE;
  }
}
