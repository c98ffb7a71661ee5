package io.millrace.engine;

import io.millrace.protocol.AnswerJoiner;
import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ToolCallDelta;
import io.millrace.protocol.ToolChoice;
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
  private final Ending ending;

  /** Of an answer that consists of calls; null for any other. */
  private final @Nullable DistinctCalls distinct;

  private int numCalls;
  private int numComplete;

  /**
   * What calls mean for the end of an answer.
   *
   * @param withCall whether nothing counts after the first complete call
   * @param told whether calls are a reason to end: to who has named the function, they are the
   *     answer
   * @param forced whether the answer consists of calls
   */
  record Ending(boolean withCall, boolean told, boolean forced) {
    static final Ending FREE = new Ending(false, true, false);

    static Ending of(Prompt.Chat chat) {
      ToolChoice choice = chat.toolChoice();
      boolean named = choice != null && choice.kind() == ToolChoice.Kind.FUNCTION;
      return new Ending(
          named || Boolean.FALSE.equals(chat.parallelToolCalls()),
          !named,
          choice != null && choice.isForced());
    }
  }

  /**
   * @param parser null if all text is the answer's own
   * @param ending what ends the answer besides its text
   */
  AnswerOutput(@Nullable OutputParser parser, Ending ending) {
    this.parser = parser;
    this.ending = ending;
    this.distinct = ending.forced() ? new DistinctCalls() : null;
  }

  /** Takes more of the text, and returns what is certain now. */
  AnswerPiece append(String text) {
    return parser == null ? AnswerPiece.of(text) : said(parser.append(text));
  }

  /** Ends the text, and returns what has waited. */
  AnswerPiece finish() {
    return parser == null || isOver() ? AnswerPiece.NONE : said(parser.finish());
  }

  /** Whether what comes next is reasoning. */
  boolean isReasoning() {
    return parser != null && parser.isReasoning();
  }

  /** Whether the answer ends here, whatever would follow. */
  boolean isOver() {
    return (ending.withCall() && numComplete > 0) || (distinct != null && distinct.areRepeated());
  }

  /** Whether calls of functions are why the answer ends: there are some, and all are complete. */
  boolean endsForCalls() {
    return ending.told() && numCalls > 0 && numCalls == numComplete;
  }

  private AnswerPiece said(List<OutputPiece> pieces) {
    if (pieces.isEmpty()) {
      return AnswerPiece.NONE;
    }
    AnswerJoiner joined = new AnswerJoiner();
    for (OutputPiece piece : pieces) {
      if (!isOver()) {
        piece.handle(
            content -> joined.add(content(content.text())),
            reasoning -> joined.add(new AnswerPiece("", reasoning.text(), List.of())),
            call -> joined.add(begin(call)),
            more -> joined.add(more(ToolCallDelta.more(more.index(), more.json()))),
            end -> joined.add(end(end.complete())));
      }
    }
    return joined.joined();
  }

  /** Behind a call that must come there is nothing but the beginning of one that was cut. */
  private AnswerPiece content(String text) {
    return distinct != null && numCalls > 0 ? AnswerPiece.NONE : AnswerPiece.of(text);
  }

  private AnswerPiece begin(OutputPiece.CallBegin call) {
    numCalls++;
    ToolCallDelta delta = ToolCallDelta.begin(call.index(), call.id(), call.name(), "");
    return distinct == null ? call(delta) : distinct.begin(delta);
  }

  private AnswerPiece more(ToolCallDelta delta) {
    return distinct == null ? call(delta) : distinct.more(delta);
  }

  private AnswerPiece end(boolean complete) {
    numComplete += complete ? 1 : 0;
    return distinct == null ? AnswerPiece.NONE : distinct.end(complete);
  }

  private static AnswerPiece call(ToolCallDelta call) {
    return new AnswerPiece("", "", List.of(call));
  }
}
