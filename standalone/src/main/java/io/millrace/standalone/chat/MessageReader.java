package io.millrace.standalone.chat;

import java.nio.file.Path;
import java.util.StringJoiner;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

/**
 * Reads messages of one or more lines: a backslash at the end of a line leads to the next, and
 * three quotation marks begin and end a text of any lines.
 */
final class MessageReader {
  static final String HELP =
      """
      /system [TEXT]  shows or sets the system prompt; /system - takes it away
      /clear          begins the conversation anew
      /exit           ends, as Ctrl-D does
      \\ at the end    goes on in the next line
      \"""            begins and ends a text of several lines
      //              begins a message with a slash
      Ctrl-C          stops the answer
      arrow keys      find what was typed before, as Ctrl-R does""";

  private static final String QUOTES = "\"\"\"";
  private static final String PROMPT = "> ";
  private static final String MORE = "… ";

  private final LineReader lines;

  MessageReader(Terminal terminal, Path history) {
    lines =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .variable(LineReader.HISTORY_FILE, history)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.HISTORY_INCREMENTAL, true)
            .build();
  }

  /**
   * The next message.
   *
   * @throws org.jline.reader.EndOfFileException when the person leaves
   */
  String read() {
    while (true) {
      try {
        String first = lines.readLine(PROMPT);
        return first.stripLeading().startsWith(QUOTES) ? quoted(first) : continued(first);
      } catch (UserInterruptException e) {
        // Ctrl-C takes back what was typed.
      }
    }
  }

  private String continued(String first) {
    StringJoiner message = new StringJoiner("\n");
    String line = first;
    while (line.endsWith("\\")) {
      message.add(line.substring(0, line.length() - 1));
      line = lines.readLine(MORE);
    }
    return message.add(line).toString();
  }

  private String quoted(String first) {
    StringJoiner message = new StringJoiner("\n");
    String line = first.stripLeading().substring(QUOTES.length());
    while (!line.stripTrailing().endsWith(QUOTES)) {
      message.add(line);
      line = lines.readLine(MORE);
    }
    String last = line.stripTrailing();
    return message.add(last.substring(0, last.length() - QUOTES.length())).toString();
  }
}
