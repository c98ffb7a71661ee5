package io.millrace.api.answer;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.ToolCallDelta;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of an answer, or a piece of one, for surfaces that tell as blocks or items of their own
 * what the model thinks, what it says, and each call of a function.
 *
 * @param call null unless it is of one
 * @param text of a call, its arguments
 */
public record AnswerPart(Kind kind, @Nullable ToolCallDelta call, String text) {
  /** What a part holds. */
  public enum Kind {
    REASONING,
    TEXT,
    TOOL_CALL
  }

  /** The parts of a piece of an answer, in the order in which they are told. */
  public static List<AnswerPart> of(AnswerPiece said) {
    List<AnswerPart> parts = new ArrayList<>();
    if (!said.reasoning().isEmpty()) {
      parts.add(new AnswerPart(Kind.REASONING, null, said.reasoning()));
    }
    if (!said.text().isEmpty()) {
      parts.add(new AnswerPart(Kind.TEXT, null, said.text()));
    }
    for (ToolCallDelta call : said.toolCalls()) {
      parts.add(new AnswerPart(Kind.TOOL_CALL, call, call.arguments()));
    }
    return parts;
  }

  /** Whether it goes on with what another one began. */
  public boolean continues(AnswerPart begun) {
    return kind == begun.kind
        && (call == null || begun.call == null || call.index() == begun.call.index());
  }

  /** By which the result of its call refers to it; empty if it is of none. */
  public String callId() {
    return call == null || call.id() == null ? "" : call.id();
  }

  /** The function that it calls; empty if it is of no call. */
  public String functionName() {
    return call == null || call.function().name() == null ? "" : call.function().name();
  }
}
