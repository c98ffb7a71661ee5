package io.millrace.worker.intake;

import io.millrace.kafka.PartitionProgress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that belong to a member of a group, and the requests of them that it holds.
 *
 * <p>Of the member's thread alone, but for the names of the partitions.
 */
final class OwnedPartitions {
  private static final Logger log = LoggerFactory.getLogger(OwnedPartitions.class);

  private final Map<TopicPartition, OffsetLedger> ledgers = new HashMap<>();
  private final Set<HeldRequest> held = new LinkedHashSet<>();

  /** Those of the held ones whose attempt is not committed yet. */
  private final List<HeldRequest> taken = new ArrayList<>();

  private final Set<TopicPartition> uncommitted = new HashSet<>();
  private volatile Set<TopicPartition> names = Set.of();

  /** Adds a partition with what was committed of it. */
  void add(TopicPartition partition, PartitionProgress progress) {
    ledgers.put(partition, new OffsetLedger(progress));
    names = Set.copyOf(ledgers.keySet());
  }

  /** Any thread may ask. */
  Set<TopicPartition> names() {
    return names;
  }

  boolean isHolding() {
    return !held.isEmpty();
  }

  /** The partitions of which one more request can be taken down. */
  Set<TopicPartition> withRoom() {
    Set<TopicPartition> found = new HashSet<>(ledgers.keySet());
    found.removeIf(partition -> !ledger(partition).hasRoom());
    return found;
  }

  /** Whether a record that was read is a request to begin. */
  boolean wants(ConsumerRecord<String, byte[]> record) {
    return ledger(partition(record)).wants(record.offset());
  }

  /** Whether a record lies before what was read: the partition has lost what it had. */
  boolean isBehind(ConsumerRecord<String, byte[]> record) {
    return record.offset() < ledger(partition(record)).position();
  }

  void take(ConsumerRecord<String, byte[]> record) {
    TopicPartition partition = partition(record);
    int attempt = ledger(partition).begin(record.offset());
    Delivery delivery = new Delivery(record, RecordId.of(record), attempt);
    HeldRequest request = new HeldRequest(delivery, partition);
    held.add(request);
    taken.add(request);
    uncommitted.add(partition);
  }

  void readTo(TopicPartition partition, long offset) {
    OffsetLedger ledger = ledgers.get(partition);
    if (ledger != null && ledger.readTo(offset)) {
      uncommitted.add(partition);
    }
  }

  void seek(TopicPartition partition, long offset) {
    ledger(partition).seek(offset);
  }

  /** Where to read on so that what was given back comes again. */
  Map<TopicPartition, Long> rewind() {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    ledgers.forEach(
        (partition, ledger) -> ledger.rewind().ifPresent(offset -> offsets.put(partition, offset)));
    return offsets;
  }

  /**
   * Notes how the work on a request has ended.
   *
   * @return false if it is not held any more
   */
  boolean settle(HeldRequest request, AcknowledgeType how) {
    if (!held.remove(request)) {
      return false;
    }
    OffsetLedger ledger = ledger(request.partition());
    if (how == AcknowledgeType.ACCEPT) {
      ledger.end(request.offset());
    } else {
      ledger.release(request.offset());
    }
    uncommitted.add(request.partition());
    return true;
  }

  /** What is to be committed. */
  Map<TopicPartition, OffsetAndMetadata> uncommitted() {
    Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    uncommitted.forEach(
        partition -> commits.put(partition, ledger(partition).progress().toCommit()));
    return commits;
  }

  /** Whether work waits for a commit. */
  boolean isWorkWaiting() {
    return !taken.isEmpty();
  }

  /**
   * Notes that all is committed.
   *
   * @return the requests whose work may begin
   */
  List<HeldRequest> committed() {
    List<HeldRequest> ready = List.copyOf(taken);
    taken.clear();
    uncommitted.clear();
    return ready;
  }

  /** Takes back the attempts of partitions that leave before their work has begun. */
  void withdraw(Collection<TopicPartition> leaving) {
    for (HeldRequest request : taken) {
      if (leaving.contains(request.partition())) {
        ledger(request.partition()).withdraw(request.offset());
      }
    }
  }

  /**
   * Forgets partitions, and leaves their requests to others.
   *
   * @return how many requests were held of them
   */
  int remove(Collection<TopicPartition> leaving) {
    List<HeldRequest> lost =
        held.stream().filter(request -> leaving.contains(request.partition())).toList();
    if (!lost.isEmpty()) {
      log.warn("{} requests are left to others, with their partitions", lost.size());
    }
    lost.forEach(HeldRequest::lose);
    lost.forEach(held::remove);
    taken.removeAll(lost);
    uncommitted.removeAll(leaving);
    ledgers.keySet().removeAll(leaving);
    names = Set.copyOf(ledgers.keySet());
    return lost.size();
  }

  private OffsetLedger ledger(TopicPartition partition) {
    return Objects.requireNonNull(ledgers.get(partition), () -> partition + " is not owned");
  }

  private static TopicPartition partition(ConsumerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }
}
