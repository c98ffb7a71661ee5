package io.millrace.kafka;

import org.jspecify.annotations.Nullable;

/** Why a Kafka cluster cannot be used as it is, in words for the person who runs it. */
public final class ClusterNotReady extends RuntimeException {
  public ClusterNotReady(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
