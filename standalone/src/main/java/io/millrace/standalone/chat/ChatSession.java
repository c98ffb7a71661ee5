package io.millrace.standalone.chat;

import io.millrace.cli.StartFailure;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jline.reader.EndOfFileException;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/** A conversation at a terminal: questions are read, answers are written as they come. */
final class ChatSession {
  private static final AttributedStyle FAINT = AttributedStyle.DEFAULT.faint();
  private static final AttributedStyle RED =
      AttributedStyle.DEFAULT.foreground(AttributedStyle.RED);

  private final Terminal terminal;
  private final PrintWriter out;
  private final ChatServer server;
  private final AnswerOptions options;
  private final MessageReader reader;
  private final Conversation conversation;

  ChatSession(Terminal terminal, ChatServer server, AnswerOptions options, Path history) {
    this.terminal = terminal;
    this.out = terminal.writer();
    this.server = server;
    this.options = options;
    this.reader = new MessageReader(terminal, history);
    this.conversation = new Conversation(options.system());
  }

  /** Runs until the person leaves; returns the exit code. */
  int run() throws InterruptedException {
    line(server.model() + " at your service; /help lists what can be typed", FAINT);
    try {
      while (take(reader.read())) {
        out.flush();
      }
    } catch (EndOfFileException left) {
      out.println();
    }
    out.flush();
    return 0;
  }

  /** Whether the conversation goes on after a message. */
  private boolean take(String message) throws InterruptedException {
    String text = message.strip();
    if (text.startsWith("/") && !text.startsWith("//")) {
      return command(text);
    }
    if (!text.isEmpty()) {
      ask(text.startsWith("//") ? text.substring(1) : text);
    }
    return true;
  }

  private boolean command(String text) {
    String[] parts = text.split("\\s+", 2);
    switch (parts[0]) {
      case "/exit", "/quit" -> {
        return false;
      }
      case "/clear" -> {
        conversation.clear();
        line("the conversation begins anew", FAINT);
      }
      case "/system" -> system(parts);
      case "/help" -> MessageReader.HELP.lines().forEach(help -> line(help, FAINT));
      default -> line("there is no %s; /help lists what there is".formatted(parts[0]), RED);
    }
    return true;
  }

  private void system(String[] parts) {
    if (parts.length > 1) {
      conversation.setSystem(parts[1].equals("-") ? "" : parts[1]);
    }
    String now = conversation.system();
    line(now.isBlank() ? "there is no system prompt" : "system prompt: " + now, FAINT);
  }

  private void ask(String text) throws InterruptedException {
    conversation.add("user", text);
    AnswerStream stream =
        new AnswerStream(server.api(), conversation.request(options.request(server.model())));
    Answer answer = new Answer();
    Terminal.SignalHandler before = terminal.handle(Terminal.Signal.INT, signal -> stream.stop());
    try {
      AnswerPrinter printer = new AnswerPrinter(terminal, answer);
      stream.run(printer::print);
      printer.end();
      line(answer.summary() + (stream.isStopped() ? ", stopped" : ""), FAINT);
    } catch (StartFailure e) {
      out.println();
      line(String.valueOf(e.getMessage()), RED);
    } finally {
      terminal.handle(Terminal.Signal.INT, before);
    }
    if (answer.text().isEmpty()) {
      conversation.removeLast();
    } else {
      conversation.add("assistant", answer.text());
    }
  }

  private void line(String text, AttributedStyle style) {
    if (!text.isEmpty()) {
      out.println(new AttributedStringBuilder().styled(style, PlainText.of(text)).toAnsi(terminal));
      out.flush();
    }
  }
}
