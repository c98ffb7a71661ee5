package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.engine.EngineStatus;
import io.millrace.engine.GenerationEngine;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.LocalReplies;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.TopicNames;
import io.millrace.protocol.Usage;
import io.millrace.protocol.Wire;
import io.millrace.worker.reply.DeadLetters;
import io.millrace.worker.reply.Outbox;
import io.millrace.worker.reply.ReplySender;
import io.millrace.worker.reply.UndeliverableReply;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RequestHandlerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final String DEAD = "millrace.dead-letters";

  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  private final Outbox outbox = new Outbox(producer, 100, Duration.ZERO);
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ManualEngine engine = new ManualEngine();
  private final CancelledIds cancelled = new CancelledIds();
  private final RunningAnswers answers =
      new RunningAnswers(engine, "w1", timer, InstantSource.fixed(NOW), Duration.ZERO);
  private final RequestHandler handler =
      new RequestHandler(
          "tiny",
          answers,
          cancelled,
          new ReplySender(outbox, RequestHandlerTest::partitions, new LocalReplies()),
          new DeadLetters(
              outbox, new TopicNames("millrace."), "w1", meters.counter("dead.letters")),
          new IntakeMetrics(meters, Tags.empty()),
          InstantSource.fixed(NOW),
          4);

  @AfterEach
  void close() {
    outbox.close();
    timer.shutdownNow();
  }

  @Test
  void request_isAcceptedWhenItsAnswerIsStored() {
    LeasedTask task = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    assertThat(task.outcome()).isNotDone();
    engine.say(new Reply.Delta("a", 1, 1, "yes"));
    engine.say(new Reply.Finished("a", 1, 1, "", FinishReason.STOP, new Usage(1, 1)));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies())
        .containsExactly(
            new Reply.Accepted("a", 1, "w1", 3000),
            new Reply.Finished("a", 1, 1, "yes", FinishReason.STOP, new Usage(1, 1)));
  }

  @Test
  void request_withoutId_getsTheSameIdAtEachDelivery() {
    handler.handle(record(5, 1, "\"prompt\":\"hi\""));
    handler.handle(record(5, 2, "\"prompt\":\"hi\""));
    handler.handle(record(6, 1, "\"prompt\":\"hi\""));

    assertThat(engine.submitted)
        .extracting(GenerationRequest::id)
        .doesNotHaveDuplicates()
        .hasSize(2);
  }

  @Test
  void finishedRequest_thatIsDeliveredAgain_isAcceptedWithoutASecondAnswer() {
    LeasedTask first = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    engine.say(new Reply.Finished("a", 1, 1, "", FinishReason.STOP, new Usage(1, 1)));
    first.outcome().join();

    LeasedTask again = handler.handle(record(0, 2, "\"id\":\"a\",\"prompt\":\"hi\""));

    assertThat(again.outcome()).isCompletedWithValue(AcknowledgeType.ACCEPT);
    assertThat(engine.submitted).hasSize(1);
    assertThat(count("millrace.duplicates.dropped")).isEqualTo(1);
    assertThat(count("millrace.redeliveries")).isEqualTo(1);
  }

  @Test
  void otherRequest_withAnIdUsedBefore_isAnswered() {
    LeasedTask first = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    engine.say(new Reply.Finished("a", 1, 1, "", FinishReason.STOP, new Usage(1, 1)));
    first.outcome().join();

    handler.handle(record(1, 1, "\"id\":\"a\",\"prompt\":\"hi\""));

    assertThat(engine.submitted).hasSize(2);
  }

  @Test
  void runningRequest_thatIsDeliveredAgain_goesOnUnderTheNewLease() {
    LeasedTask first = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    LeasedTask again = handler.handle(record(0, 2, "\"id\":\"a\",\"prompt\":\"hi\""));
    first.leaseLost().run();
    engine.say(new Reply.Finished("a", 1, 1, "", FinishReason.STOP, new Usage(1, 1)));

    assertThat(again.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(engine.submitted).hasSize(1);
    assertThat(engine.cancels).isEmpty();
  }

  @Test
  void runningRequest_whoseLeaseIsLostForGood_isDroppedWithoutAReply() {
    LeasedTask task = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    task.leaseLost().run();

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.RELEASE);
    engine.say(new Reply.Failed("a", 1, 1, FailureKind.CANCELLED, "dropped", null));
    assertThat(engine.cancels).containsExactly("a");
    assertThat(replies()).hasSize(1).first().isInstanceOf(Reply.Accepted.class);
  }

  @Test
  void suspendedAnswers_areGivenBack_andBegunAgainAfterwards() {
    LeasedTask running = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    answers.suspend("a step takes too long");
    LeasedTask late = handler.handle(record(1, 1, "\"id\":\"b\",\"prompt\":\"hi\""));

    assertThat(running.outcome()).isCompletedWithValue(AcknowledgeType.RELEASE);
    assertThat(late.outcome()).isCompletedWithValue(AcknowledgeType.RELEASE);
    engine.say(new Reply.Delta("a", 1, 1, "too late"));
    assertThat(engine.cancels).containsExactly("a");

    answers.resume();
    LeasedTask again = handler.handle(record(1, 2, "\"id\":\"b\",\"prompt\":\"hi\""));
    engine.say(new Reply.Finished("b", 2, 1, "yes", FinishReason.STOP, new Usage(1, 1)));
    assertThat(again.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies())
        .containsExactly(
            new Reply.Accepted("a", 1, "w1", 3000),
            new Reply.Accepted("b", 2, "w1", 3000),
            new Reply.Finished("b", 2, 1, "yes", FinishReason.STOP, new Usage(1, 1)));
  }

  @Test
  void unreadableRequest_isToldToWhoeverCanBeFound() {
    LeasedTask told = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":7"));
    LeasedTask untold = handler.handle(raw(1, 1, "nonsense".getBytes(StandardCharsets.UTF_8)));

    assertThat(told.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(untold.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies())
        .singleElement()
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> {
              assertThat(failed.kind()).isEqualTo(FailureKind.INVALID);
              assertThat(failed.param()).isEqualTo("prompt");
            });
    assertThat(sentTo(DEAD)).hasSize(2);
  }

  @Test
  void recordThatUnpacksTooLarge_isRefusedOnce_andItsDeadLetterPointsToIt() {
    String prompt = "x".repeat(9_000_000);
    LeasedTask task = handler.handle(record(7, 1, "\"id\":\"a\",\"prompt\":\"" + prompt + "\""));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    outbox.close();
    assertThat(replies())
        .singleElement()
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> {
              assertThat(failed.id()).isEqualTo("a");
              assertThat(failed.kind()).isEqualTo(FailureKind.INVALID);
              assertThat(failed.message())
                  .startsWith("the record may have at most 8388608 bytes unpacked, but has 90000");
            });
    assertThat(producer.history())
        .filteredOn(record -> record.topic().equals(DEAD))
        .singleElement()
        .satisfies(
            letter -> {
              assertThat(letter.value()).isNull();
              assertThat(header(letter, "millrace-topic")).isEqualTo("requests");
              assertThat(header(letter, "millrace-partition")).isEqualTo("0");
              assertThat(header(letter, "millrace-offset")).isEqualTo("7");
            });
  }

  @Test
  void requestForAnotherModel_isRefusedAndKept() {
    LeasedTask other =
        handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\",\"model\":\"big\""));
    LeasedTask own =
        handler.handle(record(1, 1, "\"id\":\"b\",\"prompt\":\"hi\",\"model\":\"tiny\""));

    assertThat(other.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(own.outcome()).isNotDone();
    assertThat(replies())
        .filteredOn(Reply::isLast)
        .containsExactly(
            new Reply.Failed(
                "a",
                1,
                0,
                FailureKind.NOT_FOUND,
                "model must be \"tiny\", which this topic is for, but is \"big\"",
                "model"));
    assertThat(sentTo(DEAD)).hasSize(1);
  }

  @Test
  void askersWithOneId_areBothAnswered() {
    LeasedTask first = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"one\""));
    LeasedTask second = handler.handle(record(1, 1, "\"id\":\"a\",\"prompt\":\"two\""));
    assertThat(engine.submitted).extracting(GenerationRequest::id).doesNotHaveDuplicates();
    for (GenerationRequest request : engine.submitted) {
      String said = ((Prompt.Text) request.prompt()).text() + " said";
      engine.say(new Reply.Finished(request.id(), 1, 1, said, FinishReason.STOP, new Usage(1, 1)));
    }

    assertThat(first.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(second.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies()).extracting(Reply::id).containsOnly("a");
    assertThat(replies())
        .filteredOn(Reply.Finished.class::isInstance)
        .extracting(reply -> ((Reply.Finished) reply).text())
        .containsExactlyInAnyOrder("one said", "two said");
  }

  @Test
  void cancel_endsTheAnswersOfAllAskersWithItsId() {
    handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"one\""));
    handler.handle(record(1, 1, "\"id\":\"a\",\"prompt\":\"two\""));
    answers.cancel("a", "gone");

    assertThat(engine.cancels)
        .containsExactlyInAnyOrderElementsOf(
            engine.submitted.stream().map(GenerationRequest::id).toList());
  }

  @Test
  void cancelledRequest_isNotBegun() {
    cancelled.add("a", NOW, "gone");
    LeasedTask task = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertOnlyFailure(FailureKind.CANCELLED, "cancelled: gone");
    assertThat(sentTo(DEAD)).isEmpty();
  }

  @Test
  void expiredRequest_isNotBegun() {
    LeasedTask task =
        handler.handle(
            record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\",\"deadline\":\"2026-01-01T11:59:59Z\""));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertOnlyFailure(
        FailureKind.DEADLINE, "the deadline 2026-01-01T11:59:59Z passed in the queue");
  }

  @Test
  void request_thatNoAttemptFinished_isGivenUp() {
    LeasedTask fourth = handler.handle(record(0, 4, "\"id\":\"a\",\"prompt\":\"hi\""));
    assertThat(fourth.outcome()).isNotDone();
    LeasedTask fifth = handler.handle(record(1, 5, "\"id\":\"b\",\"prompt\":\"hi\""));

    assertThat(fifth.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(sentTo(DEAD)).hasSize(1);
    assertThat(replies())
        .filteredOn(reply -> reply.id().equals("b"))
        .singleElement()
        .isEqualTo(
            new Reply.Failed(
                "b",
                5,
                0,
                FailureKind.INTERNAL,
                "the request was given up after 4 attempts",
                null));
  }

  @Test
  void defect_isToldAndKept() {
    LeasedTask task = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    engine.say(new Reply.Failed("a", 1, 1, FailureKind.INTERNAL, "the step broke", null));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies()).hasSize(2).last().isInstanceOf(Reply.Failed.class);
    assertThat(sentTo(DEAD)).hasSize(1);
  }

  @Test
  void unavailableEngine_leavesTheRequestToAnotherWorker() {
    LeasedTask task = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    engine.say(new Reply.Failed("a", 1, 0, FailureKind.UNAVAILABLE, "closing", null));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.RELEASE);
    assertThat(replies()).hasSize(1);
  }

  @Test
  void engineThatRefuses_leavesTheRequestToAnotherWorker() {
    engine.refusal = new IllegalStateException("closed");
    LeasedTask task = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.RELEASE);
  }

  @Test
  void lostReply_givesTheRequestBack() {
    LeasedTask task = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    producer.sendException = new TimeoutException("broker away");
    engine.say(new Reply.Finished("a", 1, 1, "", FinishReason.STOP, new Usage(1, 1)));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.RELEASE);
    assertThat(engine.cancels).containsExactly("a");
  }

  @Test
  void unreachableBroker_givesTheRequestBackBeforeItCostsAnything() {
    LeasedTask task =
        handler.handle(
            raw(0, 1, bytes("{\"prompt\":\"hi\",\"reply\":{\"topic\":\"unreachable\"}}")));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.RELEASE);
    assertThat(engine.submitted).isEmpty();
  }

  @Test
  void unknownReplyTopic_isADeadLetter() {
    LeasedTask task =
        handler.handle(raw(0, 1, bytes("{\"prompt\":\"hi\",\"reply\":{\"topic\":\"typo\"}}")));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(engine.submitted).isEmpty();
    assertThat(sentTo(DEAD)).hasSize(1);
  }

  @Test
  void deadline_endsARunningAnswerWithItsOwnName() {
    LeasedTask task =
        handler.handle(
            record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\",\"deadline\":\"2026-01-01T12:00:00Z\""));
    engine.awaitCancel();
    engine.say(new Reply.Failed("a", 1, 3, FailureKind.CANCELLED, "its deadline passed", null));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies())
        .last()
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> {
              assertThat(failed.kind()).isEqualTo(FailureKind.DEADLINE);
              assertThat(failed.seq()).isEqualTo(3);
            });
  }

  @Test
  void instantsAtTheEndsOfTime_areAnsweredLikeOthers() {
    LeasedTask never =
        handler.handle(
            record(
                0,
                1,
                "\"id\":\"a\",\"prompt\":\"hi\",\"created_at\":\"-1000000000-01-01T00:00:00Z\","
                    + "\"deadline\":\"+1000000000-12-31T23:59:59.999999999Z\""));
    LeasedTask gone =
        handler.handle(
            record(
                1,
                1,
                "\"id\":\"b\",\"prompt\":\"hi\",\"created_at\":\"+1000000000-12-31T23:59:59Z\","
                    + "\"deadline\":\"-1000000000-01-01T00:00:00Z\""));
    engine.say(new Reply.Finished("a", 1, 1, "yes", FinishReason.STOP, new Usage(1, 1)));

    assertThat(never.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(gone.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies())
        .filteredOn(Reply::isLast)
        .extracting(Reply::id)
        .containsExactlyInAnyOrder("a", "b");
    assertThat(replies().get(0))
        .isEqualTo(new Reply.Accepted("a", 1, "w1", Duration.ofDays(36_500).toMillis()));
  }

  @Test
  void answerThatCannotBegin_leavesNothingBehind() {
    timer.shutdownNow();
    String late = "\"id\":\"a\",\"prompt\":\"hi\",\"deadline\":\"2026-01-01T12:00:09Z\"";
    assertThatThrownBy(() -> handler.handle(record(0, 1, late)))
        .isInstanceOf(RejectedExecutionException.class);

    LeasedTask again = handler.handle(record(0, 2, "\"id\":\"a\",\"prompt\":\"hi\""));
    engine.say(new Reply.Finished("a", 2, 1, "yes", FinishReason.STOP, new Usage(1, 1)));
    assertThat(again.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
  }

  @Test
  void abandonAll_releasesWhatRunsAndWhatStillComes() {
    LeasedTask running = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    answers.abandonAll("the worker stops");
    LeasedTask late = handler.handle(record(1, 1, "\"id\":\"b\",\"prompt\":\"hi\""));

    assertThat(running.outcome().join()).isEqualTo(AcknowledgeType.RELEASE);
    assertThat(late.outcome().join()).isEqualTo(AcknowledgeType.RELEASE);
    assertThat(engine.submitted).hasSize(1);
  }

  private static int partitions(String topic) {
    if (topic.equals("replies")) {
      return 4;
    }
    throw topic.equals("unreachable")
        ? new KafkaException("no broker answers")
        : new UndeliverableReply("reply.topic " + topic + " does not exist here");
  }

  private static ConsumerRecord<String, byte[]> record(long offset, int attempt, String fields) {
    return raw(offset, attempt, bytes("{" + fields + ",\"reply\":{\"topic\":\"replies\"}}"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Queued three seconds ago. */
  private static ConsumerRecord<String, byte[]> raw(long offset, int attempt, byte[] value) {
    return new ConsumerRecord<>(
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
        Optional.empty(),
        Optional.of((short) attempt));
  }

  private List<Reply> replies() {
    return sentTo("replies").stream().map(Wire::decodeReply).toList();
  }

  /** What was sent so far; the outbox sends in order, so what follows it is not yet there. */
  private List<byte[]> sentTo(String topic) {
    outbox.close();
    return producer.history().stream()
        .filter(record -> record.topic().equals(topic))
        .map(record -> record.value())
        .toList();
  }

  private static String header(ProducerRecord<String, byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }

  private void assertOnlyFailure(FailureKind kind, String message) {
    assertThat(replies()).containsExactly(new Reply.Failed("a", 1, 0, kind, message, null));
    assertThat(engine.submitted).isEmpty();
  }

  private double count(String meter) {
    return meters.get(meter).counter().count();
  }

  /** An engine that says what it is told to, on the test's thread. */
  private static final class ManualEngine implements GenerationEngine {
    final List<GenerationRequest> submitted = new ArrayList<>();
    final List<String> cancels = new ArrayList<>();
    private final Map<String, Consumer<Reply>> listeners = new HashMap<>();
    private RuntimeException refusal;

    @Override
    public void submit(GenerationRequest request, int attempt, Consumer<Reply> replies) {
      if (refusal != null) {
        throw refusal;
      }
      submitted.add(request);
      listeners.put(request.id(), replies);
    }

    void say(Reply reply) {
      listeners.get(reply.id()).accept(reply);
    }

    @Override
    public synchronized void cancel(String id, String why) {
      cancels.add(id);
      notifyAll();
    }

    synchronized void awaitCancel() {
      while (cancels.isEmpty()) {
        try {
          wait();
        } catch (InterruptedException e) {
          throw new IllegalStateException("the test has run out of time", e);
        }
      }
    }

    @Override
    public EngineStatus status() {
      return new EngineStatus(0, 0, 0, "cpu", 1, 1, null);
    }

    @Override
    public void close() {}
  }
}
