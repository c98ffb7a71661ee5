package io.millrace.standalone.deadletter;

import io.millrace.cli.StartFailure;
import io.millrace.kafka.Admins;
import io.millrace.kafka.ClusterNotReady;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.PartitionScan;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.TopicNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topic of dead letters of one installation. Whatever cannot be done there is told as a {@link
 * ClusterNotReady}.
 */
public final class DeadLetterTopic {
  private final KafkaCluster cluster;
  private final TopicNames names;
  private final TopicPartition partition;

  private DeadLetterTopic(KafkaCluster cluster, TopicNames names) {
    this.cluster = cluster;
    this.names = names;
    this.partition = new TopicPartition(names.deadLetters(), 0);
  }

  /**
   * Finds the topic.
   *
   * @throws ClusterNotReady if there is none, or no broker says so
   */
  public static DeadLetterTopic open(KafkaCluster cluster, TopicNames names) {
    DeadLetterTopic topic = new DeadLetterTopic(cluster, names);
    try (Admin admin = cluster.connect()) {
      if (Admins.partitions(admin, topic.name()) != 1) {
        throw new StartFailure(topic.name() + " must have one partition, but has several");
      }
      return topic;
    } catch (UnknownTopicOrPartitionException e) {
      throw new ClusterNotReady(
          "there is no topic %s at %s: no worker was ever started there, or --topic-prefix is another"
              .formatted(topic.name(), cluster.bootstrapServers()),
          e);
    } catch (KafkaException e) {
      throw ClusterNotReady.refusal(cluster, "read " + topic.name(), e);
    }
  }

  String name() {
    return partition.topic();
  }

  KafkaCluster cluster() {
    return cluster;
  }

  TopicNames names() {
    return names;
  }

  /** All letters that are there, the oldest first. */
  public List<Letter> letters() {
    List<Letter> letters = new ArrayList<>();
    Set<Long> replayed = new HashSet<>();
    try (PartitionScan scan = new PartitionScan(cluster, partition)) {
      scan.forEach(
          record -> {
            Letter.of(record).ifPresent(letters::add);
            Letter.replayedBy(record).ifPresent(replayed::add);
          });
    } catch (KafkaException e) {
      throw ClusterNotReady.refusal(cluster, "read " + name(), e);
    }
    letters.replaceAll(it -> replayed.contains(it.offset()) ? it.replayedNow() : it);
    return letters;
  }

  /**
   * The letter at an offset, or all that have an id.
   *
   * @throws StartFailure if there is none
   */
  List<Letter> named(List<Letter> letters, String name) {
    List<Letter> at =
        letters.stream().filter(it -> Long.toString(it.offset()).equals(name)).toList();
    List<Letter> found =
        at.isEmpty() ? letters.stream().filter(it -> it.id().equals(name)).toList() : at;
    if (found.isEmpty()) {
      throw new StartFailure(
          "there is no dead letter with the offset or id \"%s\" in %s"
              .formatted(Excerpt.of(name), name()));
    }
    return found;
  }

  /** The number of offsets in use, which is that of letters and a few more; quickly. */
  public long size() {
    try (PartitionScan scan = new PartitionScan(cluster, partition)) {
      return scan.end() - scan.begin();
    } catch (KafkaException e) {
      throw ClusterNotReady.refusal(cluster, "read " + name(), e);
    }
  }

  /** The record of a letter, whole; empty if it is not there any more. */
  Optional<ConsumerRecord<String, byte[]>> record(long offset) {
    return record(partition, offset);
  }

  /** A record of any topic, at just that offset. */
  Optional<ConsumerRecord<String, byte[]>> record(TopicPartition place, long offset) {
    try (PartitionScan scan = new PartitionScan(cluster, place)) {
      return scan.firstFrom(offset).filter(record -> record.offset() == offset);
    } catch (KafkaException e) {
      throw ClusterNotReady.refusal(cluster, "read " + place, e);
    }
  }

  /** The offset of the first letter that is no older; after the last if all are. */
  long firstSince(Instant moment) {
    try (Admin admin = cluster.connect()) {
      var spec = Map.of(partition, OffsetSpec.forTimestamp(moment.toEpochMilli()));
      long offset = Admins.get(admin.listOffsets(spec).partitionResult(partition)).offset();
      return offset < 0 ? Long.MAX_VALUE : offset;
    } catch (KafkaException e) {
      throw ClusterNotReady.refusal(cluster, "read " + name(), e);
    }
  }

  /** Deletes all that is before an offset, for good; {@code Long.MAX_VALUE} for everything. */
  void deleteBefore(long offset) {
    // -1 is Kafka's word for the end.
    RecordsToDelete what = RecordsToDelete.beforeOffset(offset == Long.MAX_VALUE ? -1 : offset);
    try (Admin admin = cluster.connect()) {
      Admins.get(admin.deleteRecords(Map.of(partition, what)).all());
    } catch (KafkaException e) {
      throw ClusterNotReady.refusal(cluster, "delete records of " + name(), e);
    }
  }
}
