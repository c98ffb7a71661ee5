package io.millrace.api.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StreamEventsTest {
  private final StreamEvents answer = new StreamEvents(new Words());

  @Test
  void onlyAnswer_endsWithItsLastText() {
    assertThat(events(delta(0, "a", null), delta(0, "", null), finished(choice(0, "b"))))
        .containsExactly("0:a", "0:b", "0 stop", "7 tokens", StreamLines.DONE);
  }

  @Test
  void severalAnswers_endOnceEach() {
    assertThat(
            events(
                delta(1, "x", null),
                delta(0, "a", FinishReason.LENGTH),
                delta(1, "y", null),
                finished(choice(0, ""), choice(1, "z"))))
        .containsExactly(
            "1:x", "0:a", "0 length", "1:y", "1:z", "1 stop", "7 tokens", StreamLines.DONE);
  }

  @Test
  void endThatNoDeltaTold_isToldByTheLastReply() {
    assertThat(events(delta(0, "a", null), finished(choice(0, ""), choice(1, ""))))
        .containsExactly("0:a", "0 stop", "1 stop", "7 tokens", StreamLines.DONE);
  }

  @Test
  void prompt_isToldOnceWhenNoDeltaToldIt() {
    Reply.Finished end =
        new Reply.Finished(
            "id",
            1,
            3,
            List.of(choice(0, "a"), choice(1, "b")),
            new Usage(4, 3),
            List.of(new PromptReport("why", List.of())));
    assertThat(events(end))
        .containsExactly(
            "prompt why", "0:a", "0 stop", "1:b", "1 stop", "7 tokens", StreamLines.DONE);
  }

  @Test
  void tokensThatSayNothing_areToldToWhoeverAsksForTokens() {
    assertThat(events(delta(0, "", null))).isEmpty();
    assertThat(new StreamEvents(new Tokens()).events(delta(0, "", null))).containsExactly("0:");
  }

  private static final class Tokens extends Words {
    @Override
    public boolean tellsTokens() {
      return true;
    }
  }

  private List<Object> events(Reply... replies) {
    List<Object> events = new ArrayList<>();
    for (Reply reply : replies) {
      events.addAll(answer.events(reply));
    }
    return events;
  }

  private static Reply.Delta delta(int index, String text, @Nullable FinishReason reason) {
    return new Reply.Delta(
        "id", 1, 1, 1 - 1, index, AnswerPiece.of(text), reason, List.of(1), List.of(), null);
  }

  private static Reply.Choice choice(int index, String text) {
    return new Reply.Choice(
        index, 0, AnswerPiece.of(text), FinishReason.STOP, List.of(), List.of());
  }

  private static Reply.Finished finished(Reply.Choice... choices) {
    return new Reply.Finished("id", 1, 3, List.of(choices), new Usage(4, 3), List.of());
  }

  private static class Words implements AnswerFormat {
    @Override
    public Object whole(Reply.Finished answer) {
      return answer.text();
    }

    @Override
    public List<Object> opening() {
      return List.of();
    }

    @Override
    public List<Object> piece(Reply.Delta piece) {
      String text = piece.index() + ":" + piece.text();
      return piece.prompt() == null
          ? List.of(text)
          : List.of("prompt " + piece.prompt().text(), text);
    }

    @Override
    public List<Object> end(int index, FinishReason reason) {
      return List.of(index + " " + reason.label());
    }

    @Override
    public List<Object> closing(Usage usage) {
      return List.of(usage.totalTokens() + " tokens");
    }
  }
}
