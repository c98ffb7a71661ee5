package io.millrace.kafka;

import io.millrace.cli.StartFailure;
import org.jspecify.annotations.Nullable;

/** The failure of a Kafka cluster that cannot be used as it is, told to the person who runs it. */
public final class ClusterNotReady extends StartFailure {
  public ClusterNotReady(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
