package io.millrace.standalone.chat;

import io.millrace.cli.CommandLines;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.terminal.impl.jni.JniTerminalProvider;
import org.jline.terminal.spi.SystemStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace ask}: one question, and its answer on standard output and nothing else there. */
@Command(
    name = "ask",
    mixinStandardHelpOptions = true,
    description = {
      "Answers one question. What is piped in comes after it:",
      "cat notes.txt | millrace ask \"Summarise this\""
    },
    sortOptions = false,
    footer = CommandLines.FOOTER)
public final class AskCommand implements Callable<Integer> {
  private static final int STOPPED = 130;

  @Spec private CommandSpec spec;
  @Mixin private ServerOptions servers = new ServerOptions();
  @Mixin private AnswerOptions answers = new AnswerOptions();

  @Parameters(paramLabel = "QUESTION", arity = "0..*", description = "The question.")
  private List<String> words = List.of();

  @Override
  public Integer call() throws InterruptedException {
    Conversation conversation = new Conversation(answers.system());
    conversation.add("user", question());
    return servers.with((server, ended) -> answer(server, conversation, ended));
  }

  private String question() {
    String asked = String.join(" ", words);
    String piped = new JniTerminalProvider().isSystemStream(SystemStream.Input) ? "" : input();
    String question = asked.isBlank() || piped.isBlank() ? asked + piped : asked + "\n\n" + piped;
    if (question.isBlank()) {
      throw new ParameterException(
          spec.commandLine(), "a question is missing: as an argument, piped in, or both");
    }
    return question;
  }

  private static String input() {
    try {
      return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int answer(ChatServer server, Conversation conversation, ServerOptions.Ended ended)
      throws InterruptedException {
    AnswerStream stream =
        new AnswerStream(server.api(), conversation.request(answers.request(server.model())));
    ShutdownWatch.start(ended, stream::stop);
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    Answer answer = new Answer();
    stream.run(
        chunk -> {
          out.print(PlainText.of(answer.text(chunk)));
          out.flush();
        });
    if (!answer.text().endsWith("\n")) {
      out.println();
      out.flush();
    }
    return stream.isStopped() ? STOPPED : 0;
  }
}
