package io.millrace.kafka;

import io.millrace.cli.DurationConverter;
import io.millrace.cli.Flags;
import io.millrace.cli.StartFailure;
import io.millrace.protocol.TopicNames;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of Kafka: which cluster, and under which names. */
public final class KafkaOptions {
  private static final Duration SHORTEST_RETENTION = Duration.ofHours(1);

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:9092",
      description = "Kafka brokers, separated by commas (default: ${DEFAULT-VALUE}).")
  private String bootstrapServers = "127.0.0.1:9092";

  @Option(
      names = "--topic-prefix",
      paramLabel = "PREFIX",
      defaultValue = TopicNames.DEFAULT_PREFIX,
      description = "What the names of all topics begin with (default: ${DEFAULT-VALUE}).")
  private String topicPrefix = TopicNames.DEFAULT_PREFIX;

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description =
          "Further settings of all Kafka clients, such as TLS and SASL: a .properties file.")
  private @Nullable Path kafkaProperties;

  @Option(
      names = "--results-retention",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "How long jobs and their answers are kept, such as 30d (default: what the topics have,"
              + " 7d when they are created).")
  private @Nullable Duration resultsRetention;

  @Mixin private IntakeOptions intake = new IntakeOptions();

  /** Known once the cluster was asked. */
  private @Nullable WorkerGroups groups;

  /** Over how many topics the requests of each class are spread, by model that is set up. */
  private final Map<String, Integer> provisioned = new ConcurrentHashMap<>();

  public String bootstrapServers() {
    return bootstrapServers;
  }

  /**
   * The cluster with the settings of {@code --kafka-properties}.
   *
   * @throws StartFailure if that file cannot be read
   */
  public KafkaCluster cluster() {
    Flags.require(
        !bootstrapServers.isBlank(),
        "--bootstrap-servers",
        "HOST:PORT",
        '"' + bootstrapServers + '"');
    Properties properties = new Properties();
    if (kafkaProperties != null) {
      try (Reader reader = Files.newBufferedReader(kafkaProperties)) {
        properties.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new StartFailure(
            "--kafka-properties: cannot read %s as a properties file (%s)"
                .formatted(kafkaProperties, e),
            e);
      }
    }
    Map<String, String> settings = new HashMap<>();
    properties.stringPropertyNames().forEach(n -> settings.put(n, properties.getProperty(n)));
    KafkaCluster cluster = new KafkaCluster(bootstrapServers, settings);
    cluster.requireUsable();
    return cluster;
  }

  /**
   * The setup of the cluster with these settings.
   *
   * @throws StartFailure if one of them is wrong
   */
  public TopicProvisioner provisioner() {
    Flags.require(
        resultsRetention == null || resultsRetention.compareTo(SHORTEST_RETENTION) >= 0,
        "--results-retention",
        "at least 1h",
        resultsRetention);
    return new TopicProvisioner(cluster(), topics(), this::groups, resultsRetention);
  }

  /**
   * Sets up the cluster for a model as {@link TopicProvisioner#provision} does, but once only: what
   * starts in one process, as api and worker may, finds it done, or waits for it.
   */
  public int provision(String model) {
    return provisioned.computeIfAbsent(model, provisioner()::provision);
  }

  /**
   * The groups in which workers take requests; asks the cluster the first time.
   *
   * @throws StartFailure if a setting is wrong, or does not go with the cluster
   * @throws ClusterNotReady if no broker answers
   */
  public WorkerGroups groups() {
    KafkaCluster cluster = cluster();
    try (Admin admin = cluster.connect()) {
      return groups(admin);
    } catch (KafkaException e) {
      throw ClusterNotReady.unreachable(cluster, e);
    }
  }

  /**
   * The same, asked through a client that is there.
   *
   * @throws StartFailure if a setting is wrong, or does not go with the cluster
   * @throws KafkaException if no broker answers
   */
  public synchronized WorkerGroups groups(Admin admin) {
    if (groups == null) {
      groups = intake.groups(admin, topics());
    }
    return groups;
  }

  /** How long jobs and their answers are kept, as far as the settings say. */
  public Duration resultsRetention() {
    return resultsRetention == null ? TopicProvisioner.RESULTS_RETENTION : resultsRetention;
  }

  public TopicNames topics() {
    try {
      return new TopicNames(topicPrefix);
    } catch (IllegalArgumentException illegal) {
      throw Flags.refusal(
          "--topic-prefix",
          "at most %d of A-Z a-z 0-9 . _ -".formatted(TopicNames.LONGEST_PREFIX),
          '"' + topicPrefix + '"',
          illegal);
    }
  }

  /** The same names on another cluster. */
  public KafkaOptions at(String otherBootstrapServers) {
    return at(otherBootstrapServers, intake);
  }

  /** The same names on another cluster, where workers take requests as other flags say. */
  public KafkaOptions at(String otherBootstrapServers, IntakeOptions otherIntake) {
    KafkaOptions other = new KafkaOptions();
    other.bootstrapServers = otherBootstrapServers;
    other.topicPrefix = topicPrefix;
    other.kafkaProperties = kafkaProperties;
    other.resultsRetention = resultsRetention;
    other.intake = otherIntake;
    return other;
  }
}
