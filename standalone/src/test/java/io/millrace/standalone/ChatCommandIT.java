package io.millrace.standalone;

import static io.millrace.standalone.ServedApi.delta;
import static io.millrace.standalone.ServedApi.failed;
import static io.millrace.standalone.ServedApi.finished;
import static io.millrace.standalone.ServedApi.rest;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.FailureKind;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace chat} and {@code millrace ask} as a person runs them, with a scripted worker. */
class ChatCommandIT {
  private static final String CTRL_C = "\u0003";
  private static final String CTRL_D = "\u0004";

  @TempDir private static Path folder;
  private static ServedApi api;
  private static ScriptedWorker worker;

  @BeforeAll
  static void start() {
    api = SharedApi.get();
    worker = api.worker();
  }

  private static List<String> command(String name, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                Millrace.class.getName(),
                name,
                "--url=http://127.0.0.1:" + api.port()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<Map<String, Object>> messages(GenerationRequest request) {
    return ((Prompt.Chat) request.prompt()).messages();
  }

  private static Map<String, Object> message(String role, String content) {
    return Map.of("role", role, "content", content);
  }

  @Test
  void chat_streams_takesCommands_andStopsAnAnswer() throws Exception {
    Assumptions.assumeTrue(Pty.isAvailable(), "chat is not tested: there is no 'script' (PATH)");
    worker.onRequest(request -> {});
    String history = "--history-file=" + folder.resolve("history");
    try (Pty pty = Pty.start(command("chat", history, "--temperature=0.5"))) {
      pty.await("SmolLM2-135M-Instruct at your service");
      pty.await("> ");

      pty.type("Hel\\\rlo\r");
      GenerationRequest first = worker.takenRequest();
      assertThat(messages(first)).containsExactly(message("user", "Hel\nlo"));
      assertThat(first.sampling().temperature()).isEqualTo(0.5);
      worker.reply(first, delta(first, 1, 1, "one \u001b]0;title\u0007"));
      pty.await("one ]0;title");
      worker.reply(first, rest(first, 1, 2, "two"));
      pty.await("two");
      pty.await("s to the first token");
      pty.await("> ");

      pty.type("/system Be kind\r");
      pty.await("system prompt: Be kind");
      pty.await("> ");
      pty.type("\"\"\"a\rb\"\"\"\r");
      GenerationRequest second = worker.takenRequest();
      assertThat(messages(second))
          .containsExactly(
              message("system", "Be kind"),
              message("user", "Hel\nlo"),
              message("assistant", "one \u001b]0;title\u0007two"),
              message("user", "a\nb"));
      worker.reply(second, delta(second, 1, 1, "three"));
      pty.await("three");
      pty.type(CTRL_C);
      pty.await(", stopped");
      pty.await("> ");

      pty.type("/clear\r");
      pty.await("the conversation begins anew");
      pty.await("> ");
      pty.type("x\r");
      GenerationRequest third = worker.takenRequest();
      assertThat(messages(third))
          .containsExactly(message("system", "Be kind"), message("user", "x"));
      worker.reply(third, failed(third, FailureKind.INVALID, "prompt is too long"));
      pty.await("prompt is too long");
      pty.await("> ");

      pty.type("/nope\r");
      pty.await("there is no /nope; /help lists what there is");
      pty.await("> ");
      pty.type(CTRL_D);
      assertThat(pty.exitCode()).isZero();
    }
  }

  @Test
  void ask_readsWhatIsPipedIn_andPrintsTheAnswerAlone() throws Exception {
    worker.onRequest(
        request ->
            worker.reply(request, delta(request, 1, 1, "A mill"), rest(request, 1, 2, " turns.")));
    Process ask = new ProcessBuilder(command("ask", "--max-tokens=9", "Summarise", "this")).start();
    try {
      ask.getOutputStream().write("Mills turn.\n".getBytes(StandardCharsets.UTF_8));
      ask.getOutputStream().close();
      String out = new String(ask.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(out).isEqualTo("A mill turns.\n");
      assertThat(ask.waitFor()).isZero();
      GenerationRequest request = worker.takenRequest();
      assertThat(messages(request))
          .containsExactly(message("user", "Summarise this\n\nMills turn.\n"));
      assertThat(request.stop().maxTokens()).isEqualTo(9);
    } finally {
      ask.destroyForcibly();
    }
  }

  @Test
  void ask_tellsARefusalOnStandardError() throws Exception {
    worker.onRequest(request -> worker.reply(request, finished(request, 1, 1, "no")));
    Process ask = new ProcessBuilder(command("ask", "--temperature=9", "x")).start();
    try {
      ask.getOutputStream().close();
      String err = new String(ask.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(err).endsWith("temperature must be between 0 and 2, but is 9\n");
      assertThat(ask.getInputStream().readAllBytes()).isEmpty();
      assertThat(ask.waitFor()).isEqualTo(2);
    } finally {
      ask.destroyForcibly();
    }
  }
}
