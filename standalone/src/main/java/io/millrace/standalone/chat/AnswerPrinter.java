package io.millrace.standalone.chat;

import java.io.PrintWriter;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import tools.jackson.databind.JsonNode;

/** Writes an answer to a terminal as it comes, its reasoning fainter. */
final class AnswerPrinter {
  private final Terminal terminal;
  private final PrintWriter out;
  private final Answer answer;
  private boolean reasons;

  AnswerPrinter(Terminal terminal, Answer answer) {
    this.terminal = terminal;
    this.out = terminal.writer();
    this.answer = answer;
  }

  /** Writes what an event says. */
  void print(JsonNode chunk) {
    String reasoning = PlainText.of(Answer.reasoning(chunk));
    String text = PlainText.of(answer.text(chunk));
    answer.measure(chunk, !reasoning.isEmpty() || !text.isEmpty());
    if (!reasoning.isEmpty()) {
      reasons = true;
      out.print(
          new AttributedStringBuilder()
              .styled(AttributedStyle.DEFAULT.faint(), reasoning)
              .toAnsi(terminal));
    }
    if (!text.isEmpty()) {
      out.print(reasons ? "\n\n" + text : text);
      reasons = false;
    }
    out.flush();
  }

  /** Ends the last line. */
  void end() {
    out.println();
    out.flush();
  }
}
