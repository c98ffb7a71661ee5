package io.millrace.engine;

import io.millrace.protocol.AnswerJoiner;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.ToolCallDelta;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The calls of an answer that consists of calls, each told once. A model that must call and has no
 * more to call repeats itself until there is no room: the first call that comes again is the end of
 * the answer. So every call but the first waits until it is complete.
 */
final class DistinctCalls {
  private final Set<String> told = new HashSet<>();
  private final StringBuilder current = new StringBuilder();
  private AnswerJoiner waiting = new AnswerJoiner();
  private boolean repeated;

  /** Takes the beginning of a call, and returns what may be told now. */
  AnswerPiece begin(ToolCallDelta call) {
    current.setLength(0);
    waiting = new AnswerJoiner();
    return more(call);
  }

  /** Takes more of a call. */
  AnswerPiece more(ToolCallDelta call) {
    if (call.function().name() != null) {
      current.append(call.function().name()).append('\n');
    }
    current.append(call.arguments());
    AnswerPiece piece = new AnswerPiece("", "", List.of(call));
    if (told.isEmpty()) {
      return piece;
    }
    waiting.add(piece);
    return AnswerPiece.NONE;
  }

  /** Takes the end of a call. */
  AnswerPiece end(boolean complete) {
    repeated = complete && !told.add(current.toString());
    AnswerPiece whole = repeated || !complete ? AnswerPiece.NONE : waiting.joined();
    waiting = new AnswerJoiner();
    return whole;
  }

  /** Whether the last call was told before. */
  boolean areRepeated() {
    return repeated;
  }
}
