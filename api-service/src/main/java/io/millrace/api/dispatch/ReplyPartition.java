package io.millrace.api.dispatch;

import io.millrace.cli.Flags;
import io.millrace.kafka.Admins;
import io.millrace.kafka.ClusterNotReady;
import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.ReplyAddress;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The choice of the partition of the reply topic that a process reads. Two processes may share one:
 * each ignores the other's replies, at the cost of reading them.
 */
public final class ReplyPartition {
  /** Pods of a StatefulSet end with their ordinal. */
  private static final Pattern ORDINAL = Pattern.compile(".*-(\\d{1,4})");

  private ReplyPartition() {}

  /**
   * Chooses a partition, and a name for this process as its reader, which no other has.
   *
   * @param wanted null for the ordinal of a StatefulSet's pod, or else any
   * @param hostName of this process, as a pod sees it
   * @throws io.millrace.cli.StartFailure if the topic has no such partition
   * @throws ClusterNotReady if the topic cannot be looked at
   */
  public static ReplyAddress choose(
      KafkaCluster cluster, String topic, @Nullable Integer wanted, @Nullable String hostName) {
    int partition = choose(count(cluster, topic), wanted, hostName);
    return new ReplyAddress(topic, partition, UUID.randomUUID().toString());
  }

  /** The partition of an address that names one. */
  public static TopicPartition of(ReplyAddress address) {
    return new TopicPartition(address.topic(), Objects.requireNonNull(address.partition()));
  }

  static int choose(int count, @Nullable Integer wanted, @Nullable String hostName) {
    if (wanted != null) {
      Flags.require(
          wanted >= 0 && wanted < count,
          "--reply-partition",
          "between 0 and " + (count - 1),
          wanted);
      return wanted;
    }
    Matcher ordinal = ORDINAL.matcher(hostName == null ? "" : hostName);
    return ordinal.matches()
        ? Integer.parseInt(ordinal.group(1)) % count
        : ThreadLocalRandom.current().nextInt(count);
  }

  private static int count(KafkaCluster cluster, String topic) {
    return Admins.ask(cluster, "look at topic " + topic, admin -> Admins.partitions(admin, topic));
  }
}
