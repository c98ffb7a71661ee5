package io.millrace.protocol;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Consecutive pieces of an answer joined: one text, one reasoning, and a call an index. */
public final class AnswerJoiner {
  private final StringBuilder text = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final Map<Integer, Call> calls = new LinkedHashMap<>();

  private record Call(ToolCallDelta first, StringBuilder arguments) {
    ToolCallDelta joined() {
      ToolCallDelta.Function function =
          new ToolCallDelta.Function(first.function().name(), arguments.toString());
      return new ToolCallDelta(first.index(), first.id(), first.type(), function);
    }
  }

  /** Adds the next piece. */
  public void add(AnswerPiece piece) {
    text.append(piece.text());
    reasoning.append(piece.reasoning());
    piece.toolCalls().forEach(this::add);
  }

  private void add(ToolCallDelta piece) {
    calls
        .computeIfAbsent(piece.index(), index -> new Call(piece, new StringBuilder()))
        .arguments
        .append(piece.arguments());
  }

  /** All that was added. */
  public AnswerPiece joined() {
    List<ToolCallDelta> joinedCalls = calls.values().stream().map(Call::joined).toList();
    return new AnswerPiece(text.toString(), reasoning.toString(), joinedCalls);
  }
}
