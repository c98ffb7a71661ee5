package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.junit.jupiter.api.Test;

/** What becomes of requests that cannot be answered, or not in time. */
final class RefusedRequestTest extends RequestHandlerFixture {
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
  void expiredRequest_isNotBegun() {
    LeasedTask task =
        handler.handle(
            record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\",\"deadline\":\"2026-01-01T11:59:59Z\""));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertOnlyFailure(
        FailureKind.DEADLINE, "the deadline 2026-01-01T11:59:59Z passed in the queue");
  }

  @Test
  void request_thatWasDeliveredTooOften_isGivenUp_andNotRead() {
    LeasedTask sixth = handler.handle(record(0, 6, "\"id\":\"a\",\"prompt\":\"hi\""));
    assertThat(sixth.outcome()).isNotDone();
    LeasedTask seventh = handler.handle(record(1, 7, "\"id\":\"b\",\"prompt\":\"hi\""));

    assertThat(seventh.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(sentTo(DEAD)).hasSize(1);
    assertThat(replies())
        .filteredOn(reply -> reply.id().equals("b"))
        .singleElement()
        .isEqualTo(
            new Reply.Failed(
                "b",
                7,
                0,
                FailureKind.INTERNAL,
                "the request was given up after 6 deliveries",
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
    engine.say(
        new Reply.Finished(
            "a",
            1,
            new Reply.Choice(0, 1, AnswerPiece.of("yes"), FinishReason.STOP, List.of(), List.of()),
            new Usage(1, 1)));

    assertThat(never.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(gone.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies())
        .filteredOn(Reply::isLast)
        .extracting(Reply::id)
        .containsExactlyInAnyOrder("a", "b");
    assertThat(replies().get(0))
        .isEqualTo(
            new Reply.Accepted("a", 1, "w1", "requests-0@0", Duration.ofDays(36_500).toMillis()));
  }

  @Test
  void answerThatCannotBegin_leavesNothingBehind() {
    timer.shutdownNow();
    String late = "\"id\":\"a\",\"prompt\":\"hi\",\"deadline\":\"2026-01-01T12:00:09Z\"";
    assertThatThrownBy(() -> handler.handle(record(0, 1, late)))
        .isInstanceOf(RejectedExecutionException.class);

    LeasedTask again = handler.handle(record(0, 2, "\"id\":\"a\",\"prompt\":\"hi\""));
    engine.say(
        new Reply.Finished(
            "a",
            2,
            new Reply.Choice(0, 1, AnswerPiece.of("yes"), FinishReason.STOP, List.of(), List.of()),
            new Usage(1, 1)));
    assertThat(again.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
  }
}
