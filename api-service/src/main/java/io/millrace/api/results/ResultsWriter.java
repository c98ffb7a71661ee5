package io.millrace.api.results;

import io.millrace.api.dispatch.RequestDispatcher;
import io.millrace.protocol.JobRecord;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.Wire;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** The writer of what this process knows of jobs; each is in its own index once it is stored. */
public final class ResultsWriter {
  private final RequestDispatcher kafka;
  private final TopicNames names;
  private final JobIndex index;

  public ResultsWriter(RequestDispatcher kafka, TopicNames names, JobIndex index) {
    this.kafka = kafka;
    this.names = names;
    this.index = index;
  }

  /** Where the replies to a job go: always to the same partition. Waits for Kafka. */
  public ReplyAddress events(String id) {
    return ReplyAddress.ofJob(names.events(), partition(names.events(), id));
  }

  /**
   * Stores a job once subscribed. Those under one key are in one partition, so that one of them is
   * the first for all readers.
   */
  public Mono<RecordPlace> submit(JobRecord.Submitted job) {
    String key = job.idempotencyKey();
    return store(job, job.key(), key == null ? job.id() : key, Wire.encode(job))
        .doOnNext(place -> index.stored(job, place));
  }

  /** Takes back a job that was stored, but never asked. */
  public Mono<RecordPlace> takeBack(JobRecord.Submitted job) {
    String key = job.idempotencyKey();
    return store(job, job.key(), key == null ? job.id() : key, null);
  }

  /** Stores a state once subscribed. */
  public Mono<RecordPlace> write(JobRecord.State state) {
    return store(state, state.key(), state.id(), Wire.encode(state))
        .doOnNext(place -> index.stored(state, place));
  }

  /** Stores a word about a callback once subscribed; it counts when the index has read it. */
  public Mono<RecordPlace> write(JobRecord.Callback callback) {
    return store(callback, callback.key(), callback.id(), Wire.encode(callback));
  }

  private Mono<RecordPlace> store(
      JobRecord said, String key, String together, byte @Nullable [] value) {
    String topic = names.results();
    return kafka.store(
        topic, () -> new ProducerRecord<>(topic, partition(topic, together), key, value));
  }

  private int partition(String topic, String together) {
    return Math.floorMod(together.hashCode(), kafka.partitions(topic));
  }
}
