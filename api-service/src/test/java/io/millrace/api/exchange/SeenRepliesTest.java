package io.millrace.api.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SeenRepliesTest {
  private final SeenReplies seen = new SeenReplies();

  @Test
  void repliesInOrder_areAllNew() {
    assertThat(shown(accepted(1), delta(1, 1, "a"), delta(1, 3, "b"), finished(1, 4, "c")))
        .isEqualTo("abc");
    assertThat(seen.ended()).isTrue();
    assertThat(seen.lastSeq(0)).isEqualTo(3);
  }

  @Test
  void recordSentTwice_isShownOnce() {
    assertThat(shown(delta(1, 1, "a"), delta(1, 1, "a"), delta(1, 2, "b"), delta(1, 1, "a")))
        .isEqualTo("ab");
  }

  @Test
  void secondAttempt_goesOnWhereTheFirstEnded() {
    assertThat(
            shown(
                accepted(1),
                delta(1, 1, "a"),
                delta(1, 2, "b"),
                accepted(2),
                delta(2, 1, "a"),
                delta(2, 2, "b"),
                delta(2, 3, "c"),
                finished(2, 4, "d")))
        .isEqualTo("abcd");
  }

  @Test
  void attemptCountedFromOneAgain_afterABrokerCrash_goesOn() {
    assertThat(shown(delta(2, 1, "a"), delta(2, 2, "b"), delta(1, 2, "b"), delta(1, 3, "c")))
        .isEqualTo("abc");
  }

  @Test
  void answersToTheSamePrompt_areCountedApart() {
    assertThat(
            shown(
                delta(1, 2, 0, "a"),
                delta(1, 1, 1, "b"),
                delta(2, 1, 0, "?"),
                delta(2, 1, 1, "?"),
                delta(2, 2, 1, "c"),
                delta(2, 3, 0, "d")))
        .isEqualTo("abcd");
    assertThat(seen.lastSeq(0)).isEqualTo(3);
    assertThat(seen.lastSeq(1)).isEqualTo(2);
  }

  @Test
  void endAtTheSeqOfTheLastDelta_isNew() {
    assertThat(shown(delta(1, 5, "a"), finished(1, 5, ""))).isEqualTo("a");
    assertThat(seen.ended()).isTrue();
  }

  @Test
  void nothing_isNewAfterTheEnd() {
    assertThat(seen.isNew(finished(1, 2, "a"))).isTrue();
    assertThat(seen.isNew(finished(2, 2, "a"))).isFalse();
    assertThat(seen.isNew(delta(2, 9, "z"))).isFalse();
    assertThat(seen.isNew(accepted(3))).isFalse();
    assertThat(seen.isNew(new Reply.Failed("id", 2, 9, FailureKind.INTERNAL, "late", null)))
        .isFalse();
  }

  @Test
  void started_beginsWithTheFirstSignOfAWorker() {
    assertThat(seen.started()).isFalse();
    seen.isNew(accepted(1));
    assertThat(seen.started()).isTrue();
    assertThat(seen.isNew(accepted(2))).isFalse();
  }

  private String shown(Reply... replies) {
    return List.of(replies).stream()
        .filter(seen::isNew)
        .map(SeenRepliesTest::text)
        .collect(Collectors.joining());
  }

  private static String text(Reply reply) {
    if (reply instanceof Reply.Delta delta) {
      return delta.text();
    }
    return reply instanceof Reply.Finished finished ? finished.text() : "";
  }

  private static Reply accepted(int attempt) {
    return new Reply.Accepted("id", attempt, "worker", 0);
  }

  private static Reply delta(int attempt, int seq, String text) {
    return new Reply.Delta("id", attempt, seq, text);
  }

  private static Reply delta(int attempt, int seq, int index, String text) {
    return new Reply.Delta("id", attempt, seq, index, text, null, List.of(), null);
  }

  private static Reply finished(int attempt, int seq, String text) {
    return new Reply.Finished("id", attempt, seq, text, FinishReason.STOP, new Usage(1, seq));
  }
}
