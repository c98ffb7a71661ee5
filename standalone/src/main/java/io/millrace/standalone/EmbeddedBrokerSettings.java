package io.millrace.standalone;

import io.millrace.kafka.KafkaCluster;
import java.nio.file.Path;
import java.util.Properties;

/** The settings of a broker that is alone, small, and restarted often. */
final class EmbeddedBrokerSettings {
  static final int NODE_ID = 1;

  /** How many batch slots may wait for requests of one model and class (KIP-932). */
  private static final int MOST_SLOTS = 1000;

  private EmbeddedBrokerSettings() {}

  static Properties of(Path folder, String host, int port, int controllerPort, String controller) {
    Properties settings = new Properties();
    settings.put("log.dirs", folder.toString());
    settings.put("message.max.bytes", Integer.toString(KafkaCluster.MAX_RECORD_BYTES));
    settings.put("auto.create.topics.enable", "false");
    putListeners(settings, host, port, controllerPort, controller);
    putSingleNode(settings);
    putGroups(settings);
    putSmallness(settings);
    return settings;
  }

  private static void putListeners(
      Properties settings, String host, int port, int controllerPort, String controller) {
    String clients = "PLAINTEXT://" + host + ":" + port;
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put("controller.quorum.voters", NODE_ID + "@" + host + ":" + controllerPort);
    settings.put("listeners", clients + "," + controller + "://" + host + ":" + controllerPort);
    settings.put("advertised.listeners", clients);
    settings.put("listener.security.protocol.map", controller + ":PLAINTEXT,PLAINTEXT:PLAINTEXT");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("controller.listener.names", controller);
  }

  /** Kafka's internal topics want three brokers and fifty partitions unless told otherwise. */
  private static void putSingleNode(Properties settings) {
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");
    // A broker that was killed is waited for this long at the next start (default 9 s); much less,
    // and one that shares its cores with a busy engine is taken for dead.
    settings.put("broker.session.timeout.ms", "6000");
    settings.put("broker.heartbeat.interval.ms", "1000");
  }

  private static void putGroups(Properties settings) {
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.share.assignment.interval.ms", "0");
    settings.put("group.share.max.size", Integer.toString(MOST_SLOTS));
    // Lets an installation give a dead worker's requests to others sooner than the default allows.
    settings.put("group.share.min.record.lock.duration.ms", "1000");
    settings.put("group.min.session.timeout.ms", "1000");
    settings.put("group.share.max.share.sessions", Integer.toString(2 * MOST_SLOTS));
  }

  private static void putSmallness(Properties settings) {
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "2");
    settings.put("num.replica.fetchers", "1");
    settings.put("background.threads", "2");
    settings.put("num.recovery.threads.per.data.dir", "2");
    settings.put("log.cleaner.threads", "1");
    // The default is 128 MB of heap.
    settings.put("log.cleaner.dedupe.buffer.size", "2097152");
    // No-op records that only say that an idle controller lives.
    settings.put("metadata.max.idle.interval.ms", "0");
  }
}
