package io.millrace.worker.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which attempts before count as vain. */
final class AnswerHistoryTest {
  private final AnswerHistory history = new AnswerHistory();
  private long offset;

  @Test
  void eachWorkerThatBegins_isCounted() {
    assertThat(vainAttempts()).isZero();
    take(begun(1, "w1"));
    assertThat(vainAttempts()).isEqualTo(1);
    take(begun(2, "w2"));
    take(begun(3, "w1"));
    assertThat(vainAttempts()).isEqualTo(3);
  }

  @Test
  void workerThatGoesOnUnderANewLease_isCountedOnce() {
    take(begun(1, "w1"));
    take(begun(4, "w1"));
    take(begun(6, "w1"));

    assertThat(vainAttempts()).isEqualTo(1);
  }

  @Test
  void whatIsTold_makesThoseBeforeWorthTheirWhile() {
    take(begun(1, "w1"));
    take(begun(2, "w2"));
    take(piece(2, 0));
    assertThat(vainAttempts()).isZero();
    take(begun(3, "w3"));

    assertThat(vainAttempts()).isEqualTo(1);
  }

  @Test
  void whatWasToldBefore_isNoNews() {
    take(begun(1, "w1"));
    take(piece(1, 0));
    take(begun(2, "w2"));
    take(piece(2, 0));
    take(piece(1, 1));

    assertThat(vainAttempts()).isEqualTo(1);
  }

  @Test
  void attemptsAtAnotherRecordOfTheSameId_areNotCounted() {
    take(new Reply.Accepted("a", 1, "w1", "requests-0@7", 0));

    assertThat(vainAttempts()).isZero();
  }

  private int vainAttempts() {
    return history.before(begun(9, "w9")).vainAttempts();
  }

  private void take(Reply reply) {
    history.take(reply, new RecordPlace("replies", 0, offset++));
  }

  private static Reply.Accepted begun(int attempt, String worker) {
    return new Reply.Accepted("a", attempt, worker, "requests-0@0", 0);
  }

  /** One token. */
  private static Reply piece(int attempt, int begin) {
    return new Reply.Delta(
        "a", attempt, begin + 1, begin, 0, AnswerPiece.of("x"), null, List.of(7), List.of(), null);
  }
}
