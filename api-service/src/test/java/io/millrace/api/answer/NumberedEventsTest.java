package io.millrace.api.answer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.dispatch.ReplyPlace;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Streams that are cut behind each of their events, and gone on with. */
class NumberedEventsTest {
  private static final StreamId STREAM =
      new StreamId(new Stamp("01234567-89ab-cdef-0123-456789abcdef", 1), new ReplyPlace(0, 0), 0);
  private static final Pattern ID = Pattern.compile("id: (.*)\n");

  /** As a client hears them that reads slowly: two pieces at once. */
  private static final List<List<Reply>> BATCHES =
      List.of(List.of(delta(1, 1)), List.of(delta(2, 3)), List.of(delta(4, 4)), List.of(end()));

  @Test
  void stream_goesOnBehindEachOfItsEvents() {
    List<String> all = lines(EventId.before(STREAM), BATCHES);
    assertThat(all).hasSize(2 + 3 * 2 + 3);
    for (int had = 1; had <= all.size(); had++) {
      Matcher id = ID.matcher(all.get(had - 1));
      assertThat(id.find()).isTrue();
      EventId last = EventId.parse(id.group(1));
      assertThat(last.number()).isEqualTo(had);
      assertThat(lines(last, BATCHES)).isEqualTo(all.subList(had, all.size()));
    }
    assertThat(all.get(all.size() - 1)).endsWith("data: [DONE]\n\n");
  }

  /** What was joined comes alone in another process; before the last event that is no matter. */
  @Test
  void number_isThatOfTheStreamThatWasCut() {
    List<String> joined = lines(EventId.before(STREAM), BATCHES);
    Matcher id = ID.matcher(joined.get(6));
    assertThat(id.find()).isTrue();
    List<List<Reply>> apart =
        List.of(
            List.of(delta(1, 1)),
            List.of(delta(2, 2)),
            List.of(delta(3, 3)),
            List.of(delta(4, 4)),
            List.of(end()));
    assertThat(lines(EventId.parse(id.group(1)), apart)).isEqualTo(joined.subList(7, 11));
  }

  private static List<String> lines(EventId last, List<List<Reply>> batches) {
    NumberedEvents events = new NumberedEvents(new Counting(), last);
    List<String> lines = new ArrayList<>(events.opening());
    batches.forEach(batch -> lines.addAll(events.of(batch)));
    return lines;
  }

  private static Reply delta(int from, int to) {
    List<Integer> ids = new ArrayList<>();
    for (int token = from; token <= to; token++) {
      ids.add(token);
    }
    String text = ids.toString();
    return new Reply.Delta(
        "a", 1, to, from - 1, 0, AnswerPiece.of(text), null, ids, List.of(), null);
  }

  private static Reply end() {
    return new Reply.Finished(
        "a",
        1,
        new Reply.Choice(0, 4, AnswerPiece.of(""), FinishReason.STOP, List.of(), List.of()),
        new Usage(1, 4));
  }

  /** Events that tell their numbers, two for each piece. */
  private static final class Counting implements AnswerFormat {
    private int number;

    @Override
    public void numberFrom(int first) {
      number = first;
    }

    @Override
    public Object whole(Reply.Finished answer) {
      return answer.text();
    }

    @Override
    public List<Object> opening() {
      return List.of(number++ + " a", number++ + " b");
    }

    @Override
    public List<Object> piece(Reply.Delta piece) {
      return List.of(number++ + piece.text(), number++ + " piece");
    }

    @Override
    public List<Object> end(int index, FinishReason reason) {
      return List.of(number++ + " end");
    }

    @Override
    public List<Object> closing(Usage usage) {
      return List.of(number++ + " closing");
    }
  }
}
