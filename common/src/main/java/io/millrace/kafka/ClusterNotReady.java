package io.millrace.kafka;

import io.millrace.cli.StartFailure;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
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

  /** The failure of the first question to a cluster, with the setting that may be at fault. */
  static ClusterNotReady unreachable(KafkaCluster cluster, KafkaException e) {
    String brokers = cluster.bootstrapServers();
    String reason = KafkaCluster.rootMessage(e);
    String told;
    if (e instanceof SslAuthenticationException) {
      told =
          "no TLS with Kafka at %s: %s (--kafka-properties: ssl.truststore.location and, for a client that shows a certificate, ssl.keystore.key)"
              .formatted(brokers, reason);
    } else if (e instanceof AuthenticationException) {
      told =
          "Kafka at %s refuses the login: %s (--kafka-properties: sasl.mechanism, sasl.jaas.config)"
              .formatted(brokers, reason);
    } else {
      told = "no Kafka broker answers at " + brokers + silence(cluster, e, reason);
    }
    return new ClusterNotReady(told, e);
  }

  private static String silence(KafkaCluster cluster, KafkaException e, String reason) {
    if (!(e instanceof TimeoutException)) {
      return ": " + reason;
    }
    return cluster.properties().containsKey(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG)
        ? ""
        : "; one that wants TLS answers only with security.protocol in --kafka-properties";
  }
}
