package io.millrace.protocol;

import java.util.ArrayList;
import java.util.List;

/**
 * How much of an answer was told, in UTF-16 units.
 *
 * @param numCalls how many calls were begun: a model writes one after the other
 * @param arguments of the last of them
 */
record ToldLengths(int text, int reasoning, int numCalls, int arguments) {
  static final ToldLengths NONE = new ToldLengths(0, 0, 0, 0);

  ToldLengths plus(AnswerPiece piece) {
    ToldLengths sum =
        new ToldLengths(
            text + piece.text().length(),
            reasoning + piece.reasoning().length(),
            numCalls,
            arguments);
    for (ToolCallDelta call : piece.toolCalls()) {
      sum = sum.plus(call);
    }
    return sum;
  }

  private ToldLengths plus(ToolCallDelta call) {
    int begun = argumentsOf(call.index());
    int length = Math.max(0, begun) + call.arguments().length();
    return new ToldLengths(text, reasoning, Math.max(numCalls, call.index() + 1), length);
  }

  /** How much was told of the arguments of a call; -1 of one that is not begun. */
  private int argumentsOf(int call) {
    if (call == numCalls - 1) {
      return arguments;
    }
    return call < numCalls ? Integer.MAX_VALUE : -1;
  }

  /** What of a piece is not told, of which the first character comes after {@code before}. */
  AnswerPiece rest(AnswerPiece piece, ToldLengths before) {
    List<ToolCallDelta> calls = new ArrayList<>();
    ToldLengths at = before;
    for (ToolCallDelta call : piece.toolCalls()) {
      int known = argumentsOf(call.index());
      if (known < 0) {
        calls.add(call);
      } else {
        String more = after(known - Math.max(0, at.argumentsOf(call.index())), call.arguments());
        if (!more.isEmpty()) {
          calls.add(ToolCallDelta.more(call.index(), more));
        }
      }
      at = at.plus(call);
    }
    return new AnswerPiece(
        after(text - before.text, piece.text()),
        after(reasoning - before.reasoning, piece.reasoning()),
        calls);
  }

  private static String after(int known, String all) {
    return all.substring(Math.min(known, all.length()));
  }
}
