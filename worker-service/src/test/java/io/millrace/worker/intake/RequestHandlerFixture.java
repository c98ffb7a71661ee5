package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.Wire;
import io.millrace.trace.Tracing;
import io.millrace.worker.reply.DeadLetters;
import io.millrace.worker.reply.JobStates;
import io.millrace.worker.reply.Outbox;
import io.millrace.worker.reply.PriorReplies;
import io.millrace.worker.reply.ReplySender;
import io.millrace.worker.reply.ReplyStream;
import io.millrace.worker.reply.UndeliverableReply;
import io.millrace.worker.reply.UnreadableHistory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;

/** A handler of requests, and all that it is given: nothing of it waits or is Kafka's. */
abstract class RequestHandlerFixture {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  static final String DEAD = "millrace.dead-letters";

  final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  final Outbox outbox = new Outbox(producer, 100, Duration.ZERO);
  final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final ManualEngine engine = new ManualEngine();

  /** What a worker that takes over reads of earlier attempts. */
  PriorOutput prior = PriorOutput.NONE;

  /** Where the first reply of earlier attempts lies, and the last reply of all. */
  RecordPlace priorFirst;

  PriorReplies.StoredReply priorEnd;
  int vainAttempts;
  boolean unreadable;

  int leaderChanges;
  final CancelledIds cancelled = new CancelledIds();
  final Set<String> goneReaders = new HashSet<>();
  final AnswerReaders readers = new AnswerReaders(goneReaders::contains);
  final LeaderEpochs epochs = new LeaderEpochs(partition -> Optional.of(leaderChanges));
  final RunningAnswers answers =
      new RunningAnswers(
          engine,
          new Takeover("w1", this::before, epochs, 2, 3),
          timer,
          InstantSource.fixed(NOW),
          Duration.ZERO);
  final RequestHandler handler =
      new RequestHandler(
          new TopicNames("millrace."),
          "tiny",
          answers,
          cancelled,
          readers,
          new ReplySender(
              outbox,
              RequestHandlerFixture::partitions,
              new LocalReplies(),
              new JobStates(outbox, new TopicNames("millrace."), "w1", InstantSource.fixed(NOW)),
              meters.timer("stored")),
          new DeadLetters(
              outbox, new TopicNames("millrace."), "w1", meters.counter("dead.letters")),
          new IntakeMetrics(meters, Tags.empty()),
          InstantSource.fixed(NOW),
          Tracing.OFF,
          6);

  @AfterEach
  void close() {
    outbox.close();
    timer.shutdownNow();
  }

  private PriorReplies before(
      Reply.Accepted accepted, ReplyAddress address, Instant since, ReplyStream stream) {
    stream.send(accepted);
    if (unreadable) {
      throw new UnreadableHistory("not to be read", null);
    }
    return new PriorReplies(prior, priorFirst, priorEnd, vainAttempts);
  }

  static int partitions(String topic) {
    if (topic.equals("replies")) {
      return 4;
    }
    throw topic.equals("unreachable")
        ? new KafkaException("no broker answers")
        : new UndeliverableReply("reply.topic " + topic + " does not exist here");
  }

  static Delivery record(long offset, int attempt, String fields) {
    return raw(offset, attempt, bytes("{" + fields + ",\"reply\":{\"topic\":\"replies\"}}"));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Queued three seconds ago. */
  static Delivery raw(long offset, int attempt, byte[] value) {
    return Delivery.of(
        new ConsumerRecord<>(
            "requests",
            0,
            offset,
            NOW.minusSeconds(3).toEpochMilli(),
            TimestampType.CREATE_TIME,
            0,
            value.length,
            null,
            value,
            new RecordHeaders(),
            Optional.of(0),
            Optional.of((short) attempt)));
  }

  List<Reply> replies() {
    return sentTo("replies").stream().map(Wire::decodeReply).toList();
  }

  /** What was sent so far; the outbox sends in order, so what follows it is not yet there. */
  List<byte[]> sentTo(String topic) {
    outbox.close();
    return producer.history().stream()
        .filter(record -> record.topic().equals(topic))
        .map(record -> record.value())
        .toList();
  }

  static String header(ProducerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  void assertOnlyFailure(FailureKind kind, String message) {
    assertThat(replies()).containsExactly(new Reply.Failed("a", 1, 0, kind, message, null));
    assertThat(engine.submitted).isEmpty();
  }

  double count(String meter) {
    return meters.get(meter).counter().count();
  }
}
