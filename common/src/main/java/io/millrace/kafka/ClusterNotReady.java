package io.millrace.kafka;

import io.millrace.cli.StartFailure;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The failure of a Kafka cluster that cannot be used as it is, told to the person who runs it. */
public final class ClusterNotReady extends StartFailure {
  public ClusterNotReady(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * The failure of one question to a cluster.
   *
   * @param what was to be done: goes on a sentence that begins with "cannot"
   */
  public static ClusterNotReady refusal(KafkaCluster cluster, String what, KafkaException e) {
    String why =
        e instanceof TimeoutException
            ? "no broker answers"
            : KafkaCluster.rootMessage(e)
                + (e instanceof AuthorizationException ? " (docs/kafka.md lists the rights)" : "");
    return new ClusterNotReady(
        "cannot %s at %s: %s".formatted(what, cluster.bootstrapServers(), why), e);
  }

  /** The failure of the first question to a cluster. */
  static ClusterNotReady unreachable(KafkaCluster cluster, KafkaException e) {
    String reason = e instanceof TimeoutException ? "" : ": " + KafkaCluster.rootMessage(e);
    return new ClusterNotReady(
        "no Kafka broker answers at " + cluster.bootstrapServers() + reason, e);
  }
}
