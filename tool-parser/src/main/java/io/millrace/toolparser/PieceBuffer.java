package io.millrace.toolparser;

import io.millrace.toolparser.OutputPiece.CallArguments;
import io.millrace.toolparser.OutputPiece.CallBegin;
import io.millrace.toolparser.OutputPiece.CallEnd;
import io.millrace.toolparser.OutputPiece.Content;
import io.millrace.toolparser.OutputPiece.Reasoning;
import io.millrace.toolparser.json.JsonText;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects the pieces of an answer. White space at the edges of reasoning and around calls is no
 * part of either: it waits until other text shows that it is within a text.
 */
final class PieceBuffer {
  /** What text is part of. */
  private enum Kind {
    CONTENT,
    REASONING,
    ARGUMENTS
  }

  private final CallIds ids;
  private final StringBuilder space = new StringBuilder();
  private final StringBuilder text = new StringBuilder();
  private List<OutputPiece> pieces = new ArrayList<>();
  private Kind kind = Kind.CONTENT;
  private boolean skipsSpace;
  private boolean afterCall;
  private boolean callIsOpen;
  private int numCalls;

  PieceBuffer(CallIds ids) {
    this.ids = ids;
  }

  /** Adds a character of content or, between the calls below, of reasoning. */
  void add(char c) {
    if (JsonText.isSpace(c)) {
      if (!skipsSpace) {
        space.append(c);
      }
      return;
    }
    text.append(space).append(c);
    space.setLength(0);
    skipsSpace = false;
    afterCall = false;
  }

  /** From here on it is reasoning. */
  void beginReasoning() {
    change(Kind.REASONING);
    space.setLength(0);
    skipsSpace = true;
  }

  /** From here on it is content again. */
  void endReasoning() {
    space.setLength(0);
    change(Kind.CONTENT);
    skipsSpace = true;
  }

  void beginCall(String name) {
    space.setLength(0);
    change(Kind.ARGUMENTS);
    pieces.add(new CallBegin(numCalls, ids.id(numCalls), name));
    callIsOpen = true;
  }

  void addArguments(String json) {
    text.append(json);
  }

  void endCall(boolean complete) {
    change(Kind.CONTENT);
    pieces.add(new CallEnd(numCalls++, complete));
    callIsOpen = false;
    skipsSpace = false;
    afterCall = complete;
  }

  /** Whether a call has begun and not ended. */
  boolean callIsOpen() {
    return callIsOpen;
  }

  /** What came since the last time. */
  List<OutputPiece> take() {
    flush();
    List<OutputPiece> taken = pieces;
    pieces = new ArrayList<>();
    return taken;
  }

  /** What is left at the end of the answer. */
  List<OutputPiece> finish() {
    if (!afterCall) {
      text.append(space);
    }
    space.setLength(0);
    return take();
  }

  private void change(Kind next) {
    flush();
    kind = next;
  }

  private void flush() {
    if (text.isEmpty()) {
      return;
    }
    String flushed = text.toString();
    text.setLength(0);
    pieces.add(
        switch (kind) {
          case CONTENT -> new Content(flushed);
          case REASONING -> new Reasoning(flushed);
          case ARGUMENTS -> new CallArguments(numCalls, flushed);
        });
  }
}
