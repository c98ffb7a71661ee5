package io.millrace.kafka;

import io.millrace.cli.Flags;
import io.millrace.protocol.TopicNames;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.SupportedVersionRange;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The flags that say in which type of groups workers take requests: a picocli mixin. */
public final class IntakeOptions {
  private static final Logger log = LoggerFactory.getLogger(IntakeOptions.class);
  private static final int MOST_PARTITIONS = 1_000;

  /** What a broker of Kafka 4.2 can, the first whose members may renew their leases. */
  private static final int METADATA_VERSION_4_2 = 28;

  @Option(
      names = "--intake",
      paramLabel = "TYPE",
      description =
          "How workers take requests: share (share groups, from Kafka 4.2 on), classic (consumer"
              + " groups, for other brokers), or auto, by what the cluster has; the same for all"
              + " processes (default: auto).")
  private IntakeType intake = IntakeType.AUTO;

  @Option(
      names = "--request-partitions",
      paramLabel = "N",
      description =
          "Partitions of each topic of requests with classic consumer groups, and so workers that"
              + " can be busy at the same time; never fewer than there are (default: 16).")
  private @Nullable Integer requestPartitions;

  @Option(
      names = "--request-topics",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Topics over which the requests of each model and class are spread with share groups, each"
              + " with as many slots as the brokers allow a group; never fewer than there are"
              + " (default: ${DEFAULT-VALUE}).")
  private int requestTopics = 1;

  /**
   * The groups of a cluster.
   *
   * @throws io.millrace.cli.StartFailure if the settings do not go with each other or the cluster
   * @throws KafkaException if no broker answers
   */
  WorkerGroups groups(Admin admin, TopicNames names) {
    Flags.requireBetween("--request-partitions", 1, MOST_PARTITIONS, requestPartitions);
    Flags.requireBetween("--request-topics", 1, TopicNames.MOST_REQUEST_TOPICS, requestTopics);
    boolean able = hasShareGroups(admin);
    Flags.require(
        able || intake != IntakeType.SHARE,
        "--intake",
        "auto or classic on a cluster without share groups",
        "share");
    boolean classic =
        intake == IntakeType.CLASSIC
            || (intake == IntakeType.AUTO && (!able || hasClassicGroup(admin, names)));
    if (classic) {
      Flags.require(
          requestTopics == 1,
          "--request-topics",
          "1 where workers take requests by consumer groups, for which there is"
              + " --request-partitions",
          requestTopics);
      int partitions =
          requestPartitions == null ? ClassicGroups.DEFAULT_PARTITIONS : requestPartitions;
      return new ClassicGroups(names, partitions, able);
    }
    Flags.require(
        requestPartitions == null || requestPartitions == 1,
        "--request-partitions",
        "1 where workers take requests by share groups",
        requestPartitions);
    return new ShareGroups(names, requestTopics);
  }

  private static boolean hasShareGroups(Admin admin) {
    FeatureMetadata features = Admins.get(admin.describeFeatures().featureMetadata());
    FinalizedVersionRange share = features.finalizedFeatures().get("share.version");
    SupportedVersionRange metadata = features.supportedFeatures().get("metadata.version");
    return share != null
        && share.maxVersionLevel() >= 1
        && metadata != null
        && metadata.maxVersion() >= METADATA_VERSION_4_2;
  }

  /** A cluster that comes to have share groups goes on with what it has: one answers, not two. */
  private static boolean hasClassicGroup(Admin admin, TopicNames names) {
    try {
      return Admins.get(admin.listGroups().valid()).stream()
          .anyMatch(group -> names.isClassicGroup(group.groupId()));
    } catch (KafkaException e) {
      log.debug("groups are not told: {}", KafkaCluster.rootMessage(e));
      return false;
    }
  }
}
