package io.millrace.worker.reply;

import io.millrace.protocol.JobRecord;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.Wire;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The writer of what becomes of jobs, to the results topic: in the order in which it is told. */
public final class JobStates {
  private final Outbox outbox;
  private final String topic;
  private final String worker;
  private final InstantSource clock;

  public JobStates(Outbox outbox, TopicNames topics, String worker, InstantSource clock) {
    this.outbox = outbox;
    this.topic = topics.results();
    this.worker = worker;
    this.clock = clock;
  }

  /** The progress of one attempt at a job. */
  JobProgress open() {
    return new JobProgress(worker, clock, this::write);
  }

  private CompletableFuture<RecordPlace> write(JobRecord.State state) {
    return outbox.send(topic, () -> new ProducerRecord<>(topic, state.key(), Wire.encode(state)));
  }
}
