package io.millrace.kafka;

import io.millrace.protocol.ReaderState;
import io.millrace.protocol.Wire;
import java.time.Instant;
import java.time.InstantSource;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A listener to the workers topic, which enters each worker's record into the directory, and passes
 * those of readers over. A record that comes in while we listen was written now, whatever the clock
 * of its worker says; one that was there before is as old as it claims.
 */
public final class WorkerListener implements TopicReader.Listener {
  private final WorkerDirectory directory;
  private final InstantSource clock;

  public WorkerListener(WorkerDirectory directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  @Override
  public void take(ConsumerRecord<String, byte[]> record, boolean live) {
    if (ReaderState.readerOf(record.key()).isPresent()) {
      return;
    }
    Instant seenAt = live ? clock.instant() : Instant.ofEpochMilli(record.timestamp());
    directory.update(
        record.key(),
        record.value() == null ? null : Wire.decodeWorkerState(record.value()),
        seenAt);
  }
}
