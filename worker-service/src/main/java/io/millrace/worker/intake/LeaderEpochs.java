package io.millrace.worker.intake;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * How often the partition of a record has changed its leader since the record was written. A new
 * leader, or a broker that was killed, may have forgotten deliveries of the record (KIP-932 stores
 * their count when they end).
 */
@FunctionalInterface
public interface LeaderEpochs {
  /**
   * The number of changes; 0 where the cluster does not tell.
   *
   * @throws org.apache.kafka.common.KafkaException if no broker answers
   */
  int changesSince(ConsumerRecord<?, ?> record);
}
