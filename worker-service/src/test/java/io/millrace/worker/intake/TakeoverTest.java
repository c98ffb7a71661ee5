package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.junit.jupiter.api.Test;

/** What becomes of requests that were begun before. */
final class TakeoverTest extends RequestHandlerFixture {
  private static final String STREAM = "\"id\":\"a\",\"prompt\":\"hi\",\"stream\":true";
  private static final PriorOutput HALF =
      new PriorOutput(1, false, Map.of(0, new PriorOutput.Choice(List.of(7, 8), null)), Set.of());

  @Test
  void firstDelivery_asksNobody() {
    unreadable = true;
    handler.handle(record(0, 1, STREAM));

    assertThat(engine.priors).containsExactly(PriorOutput.NONE);
    assertThat(replies()).containsExactly(accepted(1));
  }

  @Test
  void streamThatIsDeliveredAgain_goesOnFromWhatWasTold() {
    prior = HALF;
    LeasedTask task = handler.handle(record(0, 2, STREAM));
    engine.say(
        new Reply.Finished(
            "a",
            2,
            new Reply.Choice(0, 2, AnswerPiece.of("!"), FinishReason.STOP, List.of(9), List.of()),
            new Usage(1, 3)));

    assertThat(engine.priors).containsExactly(HALF);
    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies()).first().isEqualTo(accepted(2));
  }

  @Test
  void deliveryThatKafkaHasForgotten_isCounted() {
    prior = HALF;
    leaderChanges = 2;
    handler.handle(record(0, 1, STREAM));

    assertThat(engine.priors).containsExactly(HALF);
    assertThat(replies()).containsExactly(accepted(3));
  }

  @Test
  void attempt_isAlwaysHigherThanThoseThatWereTold() {
    prior = new PriorOutput(5, false, HALF.choices(), HALF.prompts());
    handler.handle(record(0, 2, STREAM));

    assertThat(replies()).containsExactly(accepted(2), accepted(6));
  }

  @Test
  void requestThatWasAnsweredToItsEnd_isAcceptedWithoutAnotherAnswer() {
    prior = new PriorOutput(1, true, HALF.choices(), HALF.prompts());
    LeasedTask task = handler.handle(record(0, 2, STREAM));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(engine.submitted).isEmpty();
  }

  @Test
  void requestThatManyWorkersBegan_andNoneBroughtAnythingOf_isGivenUp() {
    vainAttempts = 2;
    assertThat(handler.handle(record(0, 5, STREAM)).outcome()).isNotDone();
    vainAttempts = 3;
    LeasedTask last = handler.handle(record(1, 2, STREAM));

    assertThat(last.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(replies())
        .last()
        .isEqualTo(
            new Reply.Failed(
                "a",
                2,
                0,
                FailureKind.INTERNAL,
                "the request was given up after 3 attempts",
                null));
    assertThat(sentTo(DEAD)).hasSize(1);
    assertThat(engine.submitted).hasSize(1);
  }

  @Test
  void answerInOnePiece_isBegunAnew() {
    prior = HALF;
    handler.handle(record(0, 2, "\"id\":\"a\",\"prompt\":\"hi\""));

    assertThat(engine.priors).singleElement().satisfies(it -> assertThat(it.choices()).isEmpty());
  }

  @Test
  void historyThatCannotBeRead_isLeftToALaterDelivery_andAtLastDoneWithout() {
    unreadable = true;
    LeasedTask second = handler.handle(record(0, 2, STREAM));
    assertThat(second.outcome()).isCompletedWithValue(AcknowledgeType.RELEASE);
    assertThat(engine.submitted).isEmpty();

    handler.handle(record(0, 3, STREAM));
    assertThat(engine.priors).containsExactly(PriorOutput.NONE);
  }

  private static Reply accepted(int attempt) {
    return new Reply.Accepted("a", attempt, "w1", "requests-0@0", 3000);
  }
}
