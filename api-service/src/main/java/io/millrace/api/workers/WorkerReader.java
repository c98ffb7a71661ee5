package io.millrace.api.workers;

import io.millrace.protocol.Wire;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Turns records of the workers topic into sightings. A record that comes in while we listen was
 * written now, whatever the clock of its worker says; one that was there before is as old as it
 * claims.
 */
public final class WorkerReader {
  private final WorkerDirectory directory;
  private final InstantSource clock;

  public WorkerReader(WorkerDirectory directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /**
   * Reads one record.
   *
   * @param live whether it was written while we listened
   */
  public void read(ConsumerRecord<String, byte[]> record, boolean live) {
    Instant seenAt = live ? clock.instant() : Instant.ofEpochMilli(record.timestamp());
    directory.update(
        record.key(),
        record.value() == null ? null : Wire.decodeWorkerState(record.value()),
        seenAt);
  }
}
