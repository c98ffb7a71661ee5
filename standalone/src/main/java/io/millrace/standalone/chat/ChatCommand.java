package io.millrace.standalone.chat;

import io.millrace.cli.CommandLines;
import io.millrace.cli.StartFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code millrace chat}: a conversation in a terminal. */
@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    description = "Talks with a model in this terminal. /help lists what can be typed.",
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class ChatCommand implements Callable<Integer> {
  @Mixin private ServerOptions servers = new ServerOptions();
  @Mixin private AnswerOptions answers = new AnswerOptions();

  @Option(
      names = "--history-file",
      paramLabel = "FILE",
      description =
          "Where what was typed is kept for the arrow keys (default: ~/.millrace/chat-history).")
  private Path history = Path.of(System.getProperty("user.home"), ".millrace", "chat-history");

  @Override
  public Integer call() throws InterruptedException {
    try (Terminal terminal = terminal()) {
      return servers.with(
          (server, ended) -> {
            ShutdownWatch.start(ended, () -> close(terminal));
            return new ChatSession(terminal, server, answers, history).run();
          });
    } catch (IOException e) {
      throw new StartFailure("the terminal cannot be used: " + e.getMessage(), e);
    }
  }

  private static void close(Terminal terminal) {
    try {
      terminal.close();
    } catch (IOException e) {
      // The process ends in either case.
    }
  }

  private static Terminal terminal() {
    try {
      return TerminalBuilder.builder().system(true).dumb(false).build();
    } catch (IOException | IllegalStateException e) {
      throw new StartFailure("chat needs a terminal; in a pipe there is 'millrace ask'", e);
    }
  }
}
