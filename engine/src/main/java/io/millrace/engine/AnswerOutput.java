package io.millrace.engine;

import io.millrace.protocol.AnswerJoiner;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.toolparser.OutputParser;
import io.millrace.toolparser.OutputPiece;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one answer says, found in its text as that comes: reasoning and calls of functions are set
 * apart where the model writes any.
 */
final class AnswerOutput {
  private final @Nullable OutputParser parser;
  private final boolean endsWithCall;
  private int numCalls;
  private int numComplete;

  /**
   * @param parser null if all text is the answer's own
   * @param endsWithCall whether nothing counts after the first complete call
   */
  AnswerOutput(@Nullable OutputParser parser, boolean endsWithCall) {
    this.parser = parser;
    this.endsWithCall = endsWithCall;
  }

  /** Takes more of the text, and returns what is certain now. */
  AnswerPiece append(String text) {
    return parser == null ? AnswerPiece.of(text) : said(parser.append(text));
  }

  /** Ends the text, and returns what has waited. */
  AnswerPiece finish() {
    return parser == null || isOver() ? AnswerPiece.NONE : said(parser.finish());
  }

  /** Whether the answer ends here, whatever would follow. */
  boolean isOver() {
    return endsWithCall && numComplete > 0;
  }

  /** Whether functions are called, and all calls are complete. */
  boolean calls() {
    return numCalls > 0 && numCalls == numComplete;
  }

  private AnswerPiece said(List<OutputPiece> pieces) {
    if (pieces.isEmpty()) {
      return AnswerPiece.NONE;
    }
    AnswerJoiner joined = new AnswerJoiner();
    for (OutputPiece piece : pieces) {
      if (!isOver()) {
        piece.handle(
            content -> joined.add(AnswerPiece.of(content.text())),
            reasoning -> joined.add(new AnswerPiece("", reasoning.text(), List.of())),
            call -> joined.add(begin(call)),
            more -> joined.add(call(ToolCallDelta.more(more.index(), more.json()))),
            end -> numComplete += end.complete() ? 1 : 0);
      }
    }
    return joined.joined();
  }

  private AnswerPiece begin(OutputPiece.CallBegin call) {
    numCalls++;
    return call(ToolCallDelta.begin(call.index(), call.id(), call.name(), ""));
  }

  private static AnswerPiece call(ToolCallDelta call) {
    return new AnswerPiece("", "", List.of(call));
  }
}
