package io.millrace.kafka;

import io.millrace.protocol.ModelState;
import io.millrace.protocol.ReaderState;
import io.millrace.protocol.Wire;
import io.millrace.protocol.WorkerState;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A listener to the workers topic, which enters what is said of workers and of models into the
 * directories, and passes readers over. A record that comes in while we listen was written now,
 * whatever the clock of its worker says; one that was there before is as old as it claims.
 */
public final class WorkerListener implements TopicReader.Listener {
  private final WorkerDirectory workers;
  private final ModelDirectory models;
  private final InstantSource clock;

  public WorkerListener(WorkerDirectory workers, ModelDirectory models, InstantSource clock) {
    this.workers = workers;
    this.models = models;
    this.clock = clock;
  }

  @Override
  public void take(ConsumerRecord<String, byte[]> record, boolean live) {
    if (ReaderState.readerOf(record.key()).isPresent()) {
      return;
    }
    Instant seenAt = live ? clock.instant() : Instant.ofEpochMilli(record.timestamp());
    byte[] value = record.value();
    Optional<String> model = ModelState.modelOf(record.key());
    if (model.isPresent()) {
      models.update(model.get(), value == null ? null : Wire.decodeModelState(value), seenAt);
      return;
    }
    WorkerState state = value == null ? null : Wire.decodeWorkerState(value);
    workers.update(record.key(), state, seenAt);
    if (state != null) {
      models.update(state.model(), ModelState.of(state), seenAt);
    }
  }
}
