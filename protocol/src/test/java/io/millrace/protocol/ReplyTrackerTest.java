package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Letters are tokens, their characters the ids. */
class ReplyTrackerTest {
  private final ReplyTracker tracker = new ReplyTracker();
  private final List<Reply> news = new ArrayList<>();

  @Test
  void repliesInOrder_areAllNews() {
    take(accepted(1), delta(1, 0, "a"), delta(1, 1, "bc"), finished(1, 3, "d"));

    assertThat(text()).isEqualTo("abcd");
    assertThat(news).hasSize(4);
  }

  @Test
  void recordSentTwice_isToldOnce() {
    take(delta(1, 0, "a"), delta(1, 0, "a"), delta(1, 1, "b"), delta(1, 0, "a"));

    assertThat(text()).isEqualTo("ab");
    assertThat(news).hasSize(2);
  }

  @Test
  void attemptThatTakesOver_goesOn() {
    take(accepted(1), delta(1, 0, "a"), delta(1, 1, "b"), accepted(2), delta(2, 2, "c"));
    take(finished(2, 3, "d"));

    assertThat(text()).isEqualTo("abcd");
  }

  @Test
  void attemptThatWasTakenOver_isNotHeardAnyMore() {
    take(accepted(1), delta(1, 0, "a"), accepted(2), delta(1, 1, "X"), delta(2, 1, "b"));
    take(finished(1, 2, "Y"), failed(1), finished(2, 2, "c"));

    assertThat(text()).isEqualTo("abc");
  }

  @Test
  void attemptThatBeginsAnew_addsWhatIsNew() {
    take(delta(1, 0, "ab"), accepted(2), delta(2, 0, "a"), delta(2, 1, "b"), delta(2, 2, "c"));
    take(finished(2, 3, ""));

    assertThat(text()).isEqualTo("abc");
  }

  @Test
  void pieceThatReachesBeyondWhatWasTold_isCut() {
    take(delta(1, 0, "ab"), delta(1, 2, "c"), accepted(2), delta(2, 2, "cd"));

    assertThat(text()).isEqualTo("abcd");
    assertThat(news.get(2)).isEqualTo(delta(2, 3, "d"));
  }

  @Test
  void attemptThatComesOutDifferently_endsTheAnswer() {
    take(delta(1, 0, "ab"), accepted(2), delta(2, 0, "a"), delta(2, 1, "X"), delta(2, 2, "Y"));

    assertThat(text()).isEqualTo("ab");
    assertFailed("the answer was begun anew by another worker and came out differently");
  }

  @Test
  void wholeAnswer_thatContradictsWhatWasTold_endsTheAnswer() {
    for (String whole : List.of("X", "aX", "a")) {
      ReplyTracker other = new ReplyTracker();
      other.take(delta(1, 0, "ab"));
      assertThat(other.take(finished(2, 0, whole)))
          .get()
          .isInstanceOfSatisfying(
              Reply.Failed.class, it -> assertThat(it.message()).contains("came out differently"));
    }
  }

  @Test
  void wholeAnswer_addsItsRest() {
    take(delta(1, 0, "ab"), finished(2, 0, "abcd"));

    assertThat(text()).isEqualTo("abcd");
  }

  @Test
  void hole_isFilledByAnotherAttempt() {
    take(delta(1, 0, "a"), delta(1, 2, "c"), delta(1, 3, "d"));
    assertThat(text()).isEqualTo("a");

    take(accepted(2), delta(2, 1, "b"), delta(2, 2, "c"), finished(2, 3, "d"));
    assertThat(text()).isEqualTo("abcd");
  }

  @Test
  void hole_isNeverPassedOn() {
    take(delta(1, 0, "a"), delta(1, 2, "c"), finished(1, 3, "d"));

    assertThat(text()).isEqualTo("a");
    assertFailed("a part of the answer was lost on its way");
  }

  @Test
  void answersToTheSamePrompt_areFollowedApart() {
    take(delta(1, 0, 0, "a"), delta(1, 1, 0, "x"), accepted(2), delta(2, 1, 1, "y"));
    take(delta(2, 0, 1, "b"));

    assertThat(text()).isEqualTo("axyb");
    assertThat(tracker.output().choice(0).tokenIds()).containsExactly((int) 'a', (int) 'b');
    assertThat(tracker.output().choice(1).tokenIds()).containsExactly((int) 'x', (int) 'y');
  }

  @Test
  void promptReport_isToldOnce() {
    PromptReport report = new PromptReport(0, "hi", List.of());
    take(reporting(1, "a", report), accepted(2), reporting(2, "ab", report));

    assertThat(news).hasSize(2);
    assertThat(((Reply.Delta) news.get(1)).prompt()).isNull();
    assertThat(tracker.output().prompts()).containsExactly(0);
  }

  @Test
  void logprobs_areCutAsTheTokensAre() {
    TokenLogprobs first = RecordSamples.place(0);
    TokenLogprobs second = RecordSamples.place(1);
    take(scored(1, "a", first), scored(2, "ab", first, second));

    assertThat(((Reply.Delta) news.get(1)).logprobs()).containsExactly(second);
  }

  @Test
  void thoughtsAndCalls_areCutWhereTheyWereTold() {
    ToolCallDelta first = ToolCallDelta.begin(0, "c0", "f", "{");
    ToolCallDelta second = ToolCallDelta.begin(1, "c1", "g", "[1");
    take(
        said(1, 0, 2, new AnswerPiece("a", "hm", List.of(first))),
        said(1, 2, 2, new AnswerPiece("", "", List.of(ToolCallDelta.more(0, "}"), second))),
        accepted(2),
        said(
            2,
            2,
            4,
            new AnswerPiece(
                "b",
                ", so",
                List.of(
                    ToolCallDelta.more(0, "}"),
                    ToolCallDelta.begin(1, "c1", "g", "[1,2]"),
                    ToolCallDelta.begin(2, "c2", "h", "")))));

    assertThat(((Reply.Delta) news.get(2)).said())
        .isEqualTo(
            new AnswerPiece(
                "b",
                ", so",
                List.of(ToolCallDelta.more(1, ",2]"), ToolCallDelta.begin(2, "c2", "h", ""))));
  }

  @Test
  void nothing_isNewsAfterTheEnd() {
    take(finished(1, 0, "a"), finished(2, 0, "a"), delta(2, 1, "z"), accepted(3), failed(3));

    assertThat(news).hasSize(1);
    assertThat(tracker.output().ended()).isTrue();
  }

  @Test
  void started_beginsWithTheFirstSignOfAWorker() {
    assertThat(tracker.started()).isFalse();
    take(accepted(1), accepted(2));
    assertThat(tracker.started()).isTrue();
    assertThat(news).hasSize(1);
  }

  @Test
  void output_saysWhatToGoOnFrom() {
    take(accepted(1), delta(1, 0, 0, "ab"));
    tracker.take(
        new Reply.Delta(
            "id", 1, 1, 0, 1, AnswerPiece.of("x"), FinishReason.STOP, ids("x"), List.of(), null));

    PriorOutput output = tracker.output();
    assertThat(output.attempt()).isEqualTo(1);
    assertThat(output.ended()).isFalse();
    assertThat(output.choice(0)).isEqualTo(new PriorOutput.Choice(ids("ab"), null));
    assertThat(output.choice(1)).isEqualTo(new PriorOutput.Choice(ids("x"), FinishReason.STOP));
    assertThat(output.choice(2)).isEqualTo(new PriorOutput.Choice(List.of(), null));
  }

  @Test
  void output_ofTwoRequestsWithOneId_isNothingToGoOnFrom() {
    take(accepted(1), delta(1, 0, "a"), new Reply.Accepted("id", 1, "w", "q-0@2", 0));

    assertThat(tracker.output().attempt()).isEqualTo(1);
    assertThat(tracker.output().choices()).isEmpty();
  }

  @Test
  void output_forARecordThatNobodyHasBegunToAnswer_isNotThatOfAnother() {
    take(accepted(3), delta(3, 0, "a"));
    assertThat(tracker.output("q-0@2").attempt()).isEqualTo(3);
    assertThat(tracker.output("q-0@2").choices()).isEmpty();
    assertThat(tracker.output("q-0@1").choices()).hasSize(1);

    take(finished(3, 1, "b"));
    assertThat(tracker.output("q-0@2")).isEqualTo(PriorOutput.NONE);
    assertThat(tracker.output("q-0@1").ended()).isTrue();
  }

  @Test
  void endWhoseBeginningWasNotRead_isThatOfAnother() {
    take(finished(2, 0, "b"));
    assertThat(tracker.output("q-0@2")).isEqualTo(PriorOutput.NONE);

    take(new Reply.Accepted("id", 1, "w", "q-0@2", 0), delta(1, 0, "x"));
    assertThat(tracker.output("q-0@2").attempt()).isEqualTo(1);
    assertThat(tracker.output("q-0@2").ended()).isFalse();
    assertThat(tracker.output("q-0@2").choices()).hasSize(1);
  }

  @Test
  void output_ofALaterRequestWithTheSameId_isItsOwn() {
    take(accepted(1), delta(1, 0, "a"), finished(1, 1, "b"));
    take(new Reply.Accepted("id", 1, "w", "q-0@2", 0), delta(1, 0, "x"));

    assertThat(tracker.output().ended()).isFalse();
    assertThat(tracker.output().choice(0).tokenIds()).isEqualTo(ids("x"));
  }

  private void take(Reply... replies) {
    for (Reply reply : replies) {
      Optional<Reply> added = tracker.take(reply);
      added.ifPresent(news::add);
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    news.forEach(
        reply ->
            reply.handle(
                accepted -> {},
                delta -> text.append(delta.text()),
                finished -> text.append(finished.text()),
                failed -> {}));
    return text.toString();
  }

  private void assertFailed(String message) {
    assertThat(news)
        .last()
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> {
              assertThat(failed.kind()).isEqualTo(FailureKind.UNAVAILABLE);
              assertThat(failed.message()).startsWith(message);
            });
  }

  private static List<Integer> ids(String text) {
    return text.chars().boxed().toList();
  }

  private static Reply accepted(int attempt) {
    return new Reply.Accepted("id", attempt, "worker", "q-0@1", 0);
  }

  private static Reply failed(int attempt) {
    return new Reply.Failed("id", attempt, 9, FailureKind.INTERNAL, "late", null);
  }

  private static Reply delta(int attempt, int begin, String text) {
    return delta(attempt, 0, begin, text);
  }

  private static Reply delta(int attempt, int index, int begin, String text) {
    return piece(attempt, index, begin, text, List.of(), null);
  }

  private static Reply said(int attempt, int begin, int tokens, AnswerPiece said) {
    List<Integer> ids = IntStream.range(begin, begin + tokens).boxed().toList();
    return new Reply.Delta(
        "id", attempt, begin + tokens, begin, 0, said, null, ids, List.of(), null);
  }

  private static Reply scored(int attempt, String text, TokenLogprobs... places) {
    return piece(attempt, 0, 0, text, List.of(places), null);
  }

  private static Reply reporting(int attempt, String text, PromptReport report) {
    return piece(attempt, 0, 0, text, List.of(), report);
  }

  private static Reply piece(
      int attempt,
      int index,
      int begin,
      String text,
      List<TokenLogprobs> places,
      @Nullable PromptReport report) {
    int end = begin + text.length();
    return new Reply.Delta(
        "id", attempt, end, begin, index, AnswerPiece.of(text), null, ids(text), places, report);
  }

  private static Reply finished(int attempt, int begin, String text) {
    Reply.Choice only =
        new Reply.Choice(0, begin, AnswerPiece.of(text), FinishReason.STOP, ids(text), List.of());
    return new Reply.Finished("id", attempt, only, new Usage(1, only.end()));
  }
}
