package io.millrace.worker.reply;

import io.millrace.protocol.RecordPlace;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A stream of records to one place in Kafka, by way of an {@link Outbox}: after one that is lost,
 * none of it is sent, not even what was in the queue by then.
 */
final class RecordStream {
  private final Outbox outbox;
  private final Destination to;
  private volatile @Nullable Throwable loss;

  /**
   * A place in Kafka.
   *
   * @param partition null leaves the choice to the record's key
   */
  record Destination(String topic, @Nullable Integer partition) {}

  /**
   * One record of a stream.
   *
   * @param told what to do at once
   * @param urgency when the record itself is sent
   * @param stored completed, with its place, when all in-sync replicas have the record
   */
  record Entry(
      RecordStream stream,
      Runnable told,
      Supplier<ProducerRecord<String, byte[]>> record,
      Urgency urgency,
      CompletableFuture<RecordPlace> stored) {

    void lost(Throwable why) {
      if (stream.loss == null) {
        stream.loss = why;
      }
      stored.completeExceptionally(why);
    }
  }

  enum Urgency {
    NOW,
    /** With others of its kind, in a while. */
    HOLD,
    /** Now, and with it all that are held. */
    RELEASE
  }

  RecordStream(Outbox outbox, Destination to) {
    this.outbox = outbox;
    this.to = to;
  }

  /** Why the stream has ended early; null while it has not. */
  @Nullable Throwable loss() {
    return loss;
  }

  /**
   * Sends a record. Never waits.
   *
   * @param record makes the record, on a thread of the outbox
   * @return completed with its place, on a thread that must not be held up, when all in-sync
   *     replicas have the record; exceptionally when it is lost
   */
  CompletableFuture<RecordPlace> send(Supplier<ProducerRecord<String, byte[]>> record) {
    return add(() -> {}, record, Urgency.NOW);
  }

  /**
   * Tells a reader by itself, and sends the record a while later together with others: each request
   * costs a broker as much as many records do. Never waits.
   *
   * @param tell runs at once, on a thread of the outbox
   * @param last whether the records held so far go now, this one included
   * @return as of {@link #send}
   */
  CompletableFuture<RecordPlace> tellAndSend(
      Runnable tell, Supplier<ProducerRecord<String, byte[]>> record, boolean last) {
    return add(tell, record, last ? Urgency.RELEASE : Urgency.HOLD);
  }

  private CompletableFuture<RecordPlace> add(
      Runnable tell, Supplier<ProducerRecord<String, byte[]>> record, Urgency urgency) {
    Entry entry = new Entry(this, tell, record, urgency, new CompletableFuture<>());
    outbox.add(to, entry);
    return entry.stored;
  }
}
