package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of requests that are answered, given back or asked for twice. */
final class RequestHandlerTest extends RequestHandlerFixture {
  @Test
  void request_isAcceptedWhenItsAnswerIsStored() {
    LeasedTask task = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    assertThat(task.outcome()).isNotDone();
    engine.say(new Reply.Delta("a", 1, 1, 1, "yes"));
    engine.say(
        new Reply.Finished(
            "a",
            1,
            new Reply.Choice(0, 1, AnswerPiece.of(""), FinishReason.STOP, List.of(), List.of()),
            new Usage(1, 1)));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies())
        .containsExactly(
            new Reply.Accepted("a", 1, "w1", "requests-0@0", 3000),
            new Reply.Finished(
                "a",
                1,
                new Reply.Choice(
                    0, 0, AnswerPiece.of("yes"), FinishReason.STOP, List.of(1), List.of()),
                new Usage(1, 1)));
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
    engine.say(finished(1));
    first.outcome().join();

    prior = new PriorOutput(1, true, Map.of(), Set.of());
    LeasedTask again = handler.handle(record(0, 2, "\"id\":\"a\",\"prompt\":\"hi\""));

    assertThat(again.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(engine.submitted).hasSize(1);
    assertThat(count("millrace.redeliveries")).isEqualTo(1);
  }

  @Test
  void finishedRequest_thatAnotherWorkerHadBegunUnseen_isAnsweredForThoseWhoHeardThatOne() {
    LeasedTask first = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    first.leaseLost().run();
    engine.say(finished(1));

    prior = new PriorOutput(2, false, Map.of(), Set.of());
    LeasedTask again = handler.handle(record(0, 3, "\"id\":\"a\",\"prompt\":\"hi\""));

    assertThat(again.outcome()).isNotDone();
    assertThat(engine.submitted).hasSize(2);
  }

  @Test
  void refusedRequest_thatIsDeliveredAgain_isToldAndKeptOnce() {
    handler.handle(record(0, 1, "\"id\":\"a\"")).outcome().join();
    LeasedTask again = handler.handle(record(0, 2, "\"id\":\"a\""));

    assertThat(again.outcome()).isCompletedWithValue(AcknowledgeType.ACCEPT);
    assertThat(count("millrace.duplicates.dropped")).isEqualTo(1);
    assertThat(sentTo(DEAD)).hasSize(1);
  }

  @Test
  void otherRequest_withAnIdUsedBefore_isAnswered() {
    LeasedTask first = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    engine.say(
        new Reply.Finished(
            "a",
            1,
            new Reply.Choice(0, 1, AnswerPiece.of(""), FinishReason.STOP, List.of(), List.of()),
            new Usage(1, 1)));
    first.outcome().join();

    handler.handle(record(1, 1, "\"id\":\"a\",\"prompt\":\"hi\""));

    assertThat(engine.submitted).hasSize(2);
  }

  @Test
  void runningRequest_thatIsDeliveredAgain_goesOnUnderTheNewLease() {
    LeasedTask first = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    LeasedTask again = handler.handle(record(0, 2, "\"id\":\"a\",\"prompt\":\"hi\""));
    first.leaseLost().run();
    engine.say(
        new Reply.Finished(
            "a",
            1,
            new Reply.Choice(0, 1, AnswerPiece.of(""), FinishReason.STOP, List.of(), List.of()),
            new Usage(1, 1)));

    assertThat(again.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(engine.submitted).hasSize(1);
    assertThat(engine.cancels).isEmpty();
  }

  @Test
  void runningRequest_thatAnotherWorkerHasBegunInBetween_isTakenOverFromThere() {
    LeasedTask first = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    first.leaseLost().run();
    LeasedTask again = handler.handle(record(0, 3, "\"id\":\"a\",\"prompt\":\"hi\""));

    assertThat(first.outcome()).isCompletedWithValue(AcknowledgeType.RELEASE);
    assertThat(again.outcome()).isNotDone();
    assertThat(engine.submitted).hasSize(2);
    assertThat(engine.cancels).hasSize(1);
  }

  /** Its new leader counts the delivery as the first, and forgets one to another worker. */
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 2"})
  void runningRequest_thatANewLeaderDelivers_goesOnUnlessAnotherWorkerHasBegun(
      int highestAttempt, int answers) {
    String stream = "\"id\":\"a\",\"prompt\":\"hi\",\"stream\":true";
    LeasedTask first = handler.handle(record(0, 1, stream));
    leaderChanges = 2;
    epochs.forget();
    prior = new PriorOutput(highestAttempt, false, Map.of(), Set.of());
    LeasedTask again = handler.handle(record(0, 1, stream));
    first.leaseLost().run();
    engine.say(finished(1));

    assertThat(again.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(engine.submitted).hasSize(answers);
    // What comes after an attempt is begun counts as told by it.
    assertThat(replies()).extracting(Reply::attempt).startsWith(1, 3).endsWith(3);
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
    engine.say(new Reply.Delta("a", 1, 1, 1, "too late"));
    assertThat(engine.cancels).containsExactly("a");

    answers.resume();
    LeasedTask again = handler.handle(record(1, 2, "\"id\":\"b\",\"prompt\":\"hi\""));
    engine.say(
        new Reply.Finished(
            "b",
            2,
            new Reply.Choice(0, 0, AnswerPiece.of("yes"), FinishReason.STOP, List.of(1), List.of()),
            new Usage(1, 1)));
    assertThat(again.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies())
        .containsExactly(
            new Reply.Accepted("a", 1, "w1", "requests-0@0", 3000),
            new Reply.Accepted("b", 2, "w1", "requests-0@1", 3000),
            new Reply.Finished(
                "b",
                2,
                new Reply.Choice(
                    0, 0, AnswerPiece.of("yes"), FinishReason.STOP, List.of(1), List.of()),
                new Usage(1, 1)));
  }

  @Test
  void askersWithOneId_areBothAnswered() {
    LeasedTask first = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"one\""));
    LeasedTask second = handler.handle(record(1, 1, "\"id\":\"a\",\"prompt\":\"two\""));
    assertThat(engine.submitted).extracting(GenerationRequest::id).doesNotHaveDuplicates();
    for (GenerationRequest request : engine.submitted) {
      String said = ((Prompt.Text) request.prompt()).text() + " said";
      engine.say(
          new Reply.Finished(
              request.id(),
              1,
              new Reply.Choice(
                  0, 0, AnswerPiece.of(said), FinishReason.STOP, List.of(1), List.of()),
              new Usage(1, 1)));
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
  void requestWhoseReaderIsGone_isNotBegun() {
    goneReaders.add("api-1");
    LeasedTask unread = handler.handle(readBy("api-1", 0, "a"));
    assertThat(unread.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertOnlyFailure(Readers.GONE.kind(), Readers.GONE.message());
    assertThat(sentTo(DEAD)).isEmpty();
  }

  @Test
  void readerThatGoes_endsItsOwnAnswersOnly() {
    LeasedTask unread = handler.handle(readBy("api-1", 0, "a"));
    handler.handle(readBy("api-2", 1, "b"));
    handler.handle(record(2, 1, "\"id\":\"c\",\"prompt\":\"hi\""));
    answers.cancelUnread(readers);
    assertThat(engine.cancels).isEmpty();

    goneReaders.add("api-1");
    answers.cancelUnread(readers);
    assertThat(engine.cancels).containsExactly("a");
    engine.say(new Reply.Failed("a", 1, 1, FailureKind.CANCELLED, "cancelled", null));
    assertThat(unread.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies()).contains(new Reply.Failed("a", 1, 1, Readers.GONE));
    assertThat(Readers.GONE.kind().retryable()).isTrue();
    answers.cancelUnread(readers);
    assertThat(engine.cancels).containsExactly("a");
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
    engine.say(
        new Reply.Finished(
            "a",
            1,
            new Reply.Choice(0, 1, AnswerPiece.of(""), FinishReason.STOP, List.of(), List.of()),
            new Usage(1, 1)));

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
  void abandonAll_releasesWhatRunsAndWhatStillComes() {
    LeasedTask running = handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    answers.abandonAll("the worker stops");
    LeasedTask late = handler.handle(record(1, 1, "\"id\":\"b\",\"prompt\":\"hi\""));

    assertThat(running.outcome().join()).isEqualTo(AcknowledgeType.RELEASE);
    assertThat(late.outcome().join()).isEqualTo(AcknowledgeType.RELEASE);
    assertThat(engine.submitted).hasSize(1);
  }

  private static Delivery readBy(String reader, long offset, String id) {
    String fields =
        "{\"id\":\"%s\",\"prompt\":\"hi\",\"reply\":{\"topic\":\"replies\",\"reader\":\"%s\"}}";
    return raw(offset, 1, bytes(fields.formatted(id, reader)));
  }

  private static Reply finished(int attempt) {
    Reply.Choice end =
        new Reply.Choice(0, 1, AnswerPiece.of(""), FinishReason.STOP, List.of(), List.of());
    return new Reply.Finished("a", attempt, end, new Usage(1, 1));
  }
}
