package io.millrace.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class DeltaAggregatorTest {
  @Test
  void pieces_areJoinedForEachAnswer() {
    DeltaAggregator deltas = new DeltaAggregator();
    deltas.add(
        new Reply.Delta(
            "a",
            1,
            1,
            1 - 1,
            1,
            AnswerPiece.of("wo"),
            null,
            List.of(1),
            List.of(RecordSamples.place(0)),
            RecordSamples.prompt()));
    deltas.add(
        new Reply.Delta(
            "a",
            1,
            1,
            1 - 1,
            0,
            AnswerPiece.of("one"),
            FinishReason.STOP,
            List.of(1),
            List.of(),
            null));
    Reply.Finished end =
        new Reply.Finished(
            "a",
            1,
            3,
            List.of(
                new Reply.Choice(0, 0, AnswerPiece.of(""), FinishReason.STOP, List.of(), List.of()),
                new Reply.Choice(
                    1,
                    1,
                    AnswerPiece.of("rld"),
                    FinishReason.LENGTH,
                    List.of(2, 3),
                    List.of(RecordSamples.place(2)))),
            new Usage(5, 4),
            List.of());

    assertThat(deltas.complete(end))
        .isEqualTo(
            new Reply.Finished(
                "a",
                1,
                3,
                List.of(
                    new Reply.Choice(
                        0, 0, AnswerPiece.of("one"), FinishReason.STOP, List.of(1), List.of()),
                    new Reply.Choice(
                        1,
                        0,
                        AnswerPiece.of("world"),
                        FinishReason.LENGTH,
                        List.of(1, 2, 3),
                        List.of(RecordSamples.place(0), RecordSamples.place(2)))),
                new Usage(5, 4),
                List.of(RecordSamples.prompt())));
  }

  @Test
  void thoughtsAndCalls_areJoined() {
    DeltaAggregator deltas = new DeltaAggregator();
    deltas.add(delta(0, new AnswerPiece("", "h", List.of())));
    deltas.add(delta(1, new AnswerPiece("x", "m", List.of(call(0, "c0")))));
    deltas.add(
        delta(2, new AnswerPiece("", "", List.of(ToolCallDelta.more(0, "{}"), call(1, "c1")))));
    AnswerPiece rest = new AnswerPiece("y", "", List.of(ToolCallDelta.more(1, "{")));
    Reply.Finished end =
        new Reply.Finished(
            "a",
            1,
            new Reply.Choice(0, 3, rest, FinishReason.LENGTH, List.of(3), List.of()),
            new Usage(5, 4));

    assertThat(deltas.complete(end).choices().get(0).said())
        .isEqualTo(
            new AnswerPiece(
                "xy",
                "hm",
                List.of(
                    ToolCallDelta.begin(0, "c0", "f", "{}"),
                    ToolCallDelta.begin(1, "c1", "f", "{"))));
  }

  private static ToolCallDelta call(int index, String id) {
    return ToolCallDelta.begin(index, id, "f", "");
  }

  private static Reply.Delta delta(int begin, AnswerPiece said) {
    return new Reply.Delta(
        "a", 1, begin + 1, begin, 0, said, null, List.of(begin), List.of(), null);
  }
}
