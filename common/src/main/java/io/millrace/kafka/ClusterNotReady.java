package io.millrace.kafka;

import io.millrace.cli.StartFailure;
import org.jspecify.annotations.Nullable;

/** Why a Kafka cluster cannot be used as it is, in words for the person who runs it. */
public final class ClusterNotReady extends StartFailure {
  public ClusterNotReady(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
