package io.millrace.standalone.deadletter;

import io.millrace.kafka.KafkaCluster;
import io.millrace.protocol.DeadLetterReplay;
import io.millrace.protocol.Echo;
import io.millrace.protocol.IncomingRequest;
import io.millrace.protocol.Invalid;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.RequestDefaults;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;

/**
 * The writer of requests that are asked again. A request and the word that it was replayed are one
 * transaction, and all replayers of an installation have one transactional id: of two at the same
 * time the older can do no more, and what either has done the other sees.
 */
final class Replayer implements AutoCloseable {
  /** The first transaction of a cluster has Kafka make a topic. */
  private static final int PATIENCE_MILLIS = 20_000;

  private final DeadLetterTopic topic;
  private final KafkaProducer<String, byte[]> producer;

  /**
   * What has become of one letter.
   *
   * @param asked whether its request is in its topic again
   * @param failed whether it should be, but Kafka refused it
   * @param told in words
   */
  record Outcome(boolean asked, boolean failed, String told) {
    static Outcome skipped(String why) {
      return new Outcome(false, false, "skipped: " + why);
    }
  }

  private Replayer(DeadLetterTopic topic, KafkaProducer<String, byte[]> producer) {
    this.topic = topic;
    this.producer = producer;
  }

  /**
   * Begins: from now on no other replays.
   *
   * @throws KafkaException if the cluster does not let it
   */
  static Replayer open(DeadLetterTopic topic) {
    Map<String, Object> settings = topic.cluster().producer();
    settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, topic.name() + ".replay");
    settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, PATIENCE_MILLIS);
    KafkaProducer<String, byte[]> producer = new KafkaProducer<>(settings);
    try {
      producer.initTransactions();
      return new Replayer(topic, producer);
    } catch (KafkaException e) {
      producer.close();
      throw e;
    }
  }

  /**
   * Asks the request of a letter again, if that makes sense.
   *
   * @param again also if it was replayed before
   * @throws KafkaException if no more can be replayed
   */
  Outcome replay(Letter letter, boolean again) {
    if (letter.replayed() && !again) {
      return Outcome.skipped("it was replayed before (--again asks once more)");
    }
    if (topic.names().parse(letter.cause().topic()).isEmpty()) {
      return Outcome.skipped(letter.cause().topic() + " is no topic of requests here");
    }
    Optional<ConsumerRecord<String, byte[]>> request = request(letter);
    if (request.isEmpty()) {
      return Outcome.skipped("its request was too large to be kept, and is gone from its topic");
    }
    Optional<Instant> deadline = deadline(request.get().value());
    if (deadline.isPresent() && deadline.get().isBefore(Instant.now())) {
      return Outcome.skipped("its deadline %s has passed".formatted(deadline.get()));
    }
    return write(letter, request.get());
  }

  /** The request as it was; of a letter with the headers alone, from where it came. */
  private Optional<ConsumerRecord<String, byte[]>> request(Letter letter) {
    Optional<ConsumerRecord<String, byte[]>> kept =
        topic.record(letter.offset()).filter(record -> record.value() != null);
    return kept.isPresent()
        ? kept
        : topic
            .record(
                new TopicPartition(letter.cause().topic(), letter.cause().partition()),
                letter.cause().offset())
            .filter(record -> record.value() != null);
  }

  private static Optional<Instant> deadline(byte[] value) {
    try {
      RequestDefaults defaults =
          new RequestDefaults(() -> "none", Instant.EPOCH, "none", null, RequestClass.INTERACTIVE);
      return Optional.ofNullable(IncomingRequest.of(value, defaults).request().deadline());
    } catch (Invalid unreadable) {
      return Optional.empty();
    }
  }

  private Outcome write(Letter letter, ConsumerRecord<String, byte[]> request) {
    String to = letter.cause().topic();
    producer.beginTransaction();
    try {
      var asked = new ProducerRecord<>(to, request.key(), request.value());
      Header trace = request.headers().lastHeader(Echo.TRACE_HEADER);
      if (trace != null) {
        asked.headers().add(trace);
      }
      var sent = producer.send(asked);
      ProducerRecord<String, byte[]> word = new ProducerRecord<>(topic.name(), request.key(), null);
      new DeadLetterReplay(letter.offset())
          .headers()
          .forEach(
              (name, value) -> word.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
      producer.send(word);
      producer.commitTransaction();
      RecordMetadata stored = sent.get();
      return new Outcome(
          true, false, "asked again: %s-%d@%d".formatted(to, stored.partition(), stored.offset()));
    } catch (ProducerFencedException | AuthorizationException e) {
      throw e;
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (KafkaException | ExecutionException e) {
      producer.abortTransaction();
      return new Outcome(
          false,
          true,
          e.getCause() instanceof RecordTooLargeException || e instanceof RecordTooLargeException
              ? "not asked again: it is larger than Kafka takes here"
              : "not asked again: " + KafkaCluster.rootMessage(e));
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
