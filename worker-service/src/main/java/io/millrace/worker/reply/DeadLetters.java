package io.millrace.worker.reply;

import io.micrometer.core.instrument.Counter;
import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.DeadLetter;
import io.millrace.protocol.Echo;
import io.millrace.protocol.TopicNames;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writer of dead letters: requests that no worker could answer. A record there has the key and
 * the value of the request, byte for byte, so that copying it back asks again, and the headers of a
 * {@link DeadLetter} and its traceparent; of a request that is too large for that it has the
 * headers alone.
 */
public final class DeadLetters {
  private static final Logger log = LoggerFactory.getLogger(DeadLetters.class);

  private final Outbox outbox;
  private final String topic;
  private final String worker;
  private final Counter count;

  public DeadLetters(Outbox outbox, TopicNames topics, String worker, Counter count) {
    this.outbox = outbox;
    this.topic = topics.deadLetters();
    this.worker = worker;
    this.count = count;
  }

  /** Keeps a request; completed when it is stored. */
  public CompletableFuture<Void> add(
      ConsumerRecord<String, byte[]> request, String id, int attempts, String reason) {
    log.warn(
        "{} is a dead letter at attempt {} ({} offset {}): {}",
        id,
        attempts,
        request.topic(),
        request.offset(),
        reason);
    count.increment();
    DeadLetter letter =
        new DeadLetter(
            reason, attempts, worker, request.topic(), request.partition(), request.offset());
    List<Header> headers = headers(letter);
    Header trace = request.headers().lastHeader(Echo.TRACE_HEADER);
    if (trace != null) {
      headers.add(trace);
    }
    if (size(request) > KafkaCluster.MAX_RECORD_BYTES) {
      return send(null, null, headers);
    }
    // The cluster may have limits of its own.
    return send(request.key(), request.value(), headers)
        .exceptionallyCompose(
            error ->
                UndeliverableReply.unwrapped(error) instanceof RecordTooLargeException
                    ? send(null, null, headers)
                    : CompletableFuture.failedFuture(error));
  }

  private CompletableFuture<Void> send(
      @Nullable String key, byte @Nullable [] value, List<Header> headers) {
    return outbox
        .send(topic, () -> new ProducerRecord<>(topic, null, key, value, headers))
        .thenAccept(place -> {});
  }

  private static long size(ConsumerRecord<String, byte[]> request) {
    long key = Math.max(0, request.serializedKeySize());
    return key + Math.max(0, request.serializedValueSize());
  }

  private static List<Header> headers(DeadLetter letter) {
    List<Header> headers = new ArrayList<>();
    letter
        .headers()
        .forEach(
            (name, value) ->
                headers.add(new RecordHeader(name, value.getBytes(StandardCharsets.UTF_8))));
    return headers;
  }
}
