package io.millrace.standalone.chat;

import io.millrace.service.SpringDefaults;
import io.millrace.standalone.EmbeddedService;
import io.millrace.standalone.client.ApiServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * The flags that say who answers: a server that runs, or, without one, a service that this process
 * starts for itself.
 */
final class ServerOptions {
  @Option(
      names = {"--url", "--base-url"},
      paramLabel = "URL",
      description =
          "A server of OpenAI's API, without /v1; without this flag the model is run by the command"
              + " itself.")
  private @Nullable String url;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description = "The server's key, if it wants one.")
  private @Nullable String apiKey;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description =
          "With --url the name of one of its models (default: its first); without, a folder, GGUF"
              + " file or model card, as for serve.")
  private @Nullable String model;

  /** What is done with a server. */
  @FunctionalInterface
  interface Task {
    /**
     * Does it, and returns the exit code.
     *
     * @param ended completes when the process is told to end
     */
    int run(ChatServer server, Ended ended) throws InterruptedException;
  }

  /** Waits until the process is told to end. */
  @FunctionalInterface
  interface Ended {
    void await() throws InterruptedException;
  }

  /** Finds or starts the server, and does something with it. */
  int with(Task task) throws InterruptedException {
    if (url == null) {
      return embedded(task);
    }
    ApiServer api = ApiServer.of(url, apiKey);
    ChatServer server = model == null ? ChatServer.withFirstModel(api) : new ChatServer(api, model);
    // Nothing is to be closed: a signal ends the process as it is.
    return task.run(server, new CountDownLatch(1)::await);
  }

  /** What is set by environment variables for serve holds here, but for where things are. */
  private int embedded(Task task) throws InterruptedException {
    Path data = temporaryFolder();
    try {
      EmbeddedService service = new EmbeddedService();
      List<String> flags =
          new ArrayList<>(
              List.of(
                  "--host=127.0.0.1",
                  "--port=0",
                  "--root-path=",
                  "--broker-port=0",
                  "--data-dir=" + data));
      if (model != null) {
        flags.add("--model=" + model);
      }
      new CommandLine(service)
          .setDefaultValueProvider(new SpringDefaults())
          .parseArgs(flags.toArray(String[]::new));
      return service.run(
          (started, shutdown) ->
              task.run(ChatServer.withFirstModel(ApiServer.of(started, null)), shutdown::await));
    } finally {
      FileSystemUtils.deleteRecursively(data.toFile());
    }
  }

  private static Path temporaryFolder() {
    try {
      return Files.createTempDirectory("millrace-chat");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
