package io.millrace.endtoend;

import io.millrace.standalone.Millrace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The {@code millrace} command in a process of its own, as a person starts it. */
final class MillraceProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

  private final Process process;
  private final ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final Thread reader;

  private MillraceProcess(Process process, String readyWords) {
    this.process = process;
    reader = new Thread(() -> read(readyWords), "output of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a command and waits until it says that it is ready.
   *
   * @param readyWords part of the line by which it says so
   */
  static MillraceProcess start(String readyWords, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of("..", "bin", "jvm").toString());
    command.addAll(List.of(arguments[0], "-cp", System.getProperty("java.class.path")));
    command.add(Millrace.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MILLRACE_HEAP", "384m");
    MillraceProcess started = new MillraceProcess(builder.start(), readyWords);
    try {
      started.ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      started.kill();
      throw new AssertionError(
          String.join(" ", arguments) + " is not ready:\n" + started.output(), e);
    }
    return started;
  }

  /** The port in the line by which it said that it is ready. */
  int port() {
    Matcher matcher = PORT.matcher(ready.join());
    if (!matcher.find()) {
      throw new IllegalStateException(ready.join());
    }
    return Integer.parseInt(matcher.group(1));
  }

  /** Everything it has printed. */
  String output() {
    return String.join("\n", output);
  }

  /** Ends it like a machine that fails: SIGKILL. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Asks it to end (SIGTERM), and returns its exit code. */
  int stop() throws InterruptedException {
    // Process.destroy would close the pipe, and what it says last would be lost.
    process.toHandle().destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("still running after SIGTERM:\n" + output());
    }
    reader.join();
    return process.exitValue();
  }

  @Override
  public void close() {
    kill();
  }

  private void read(String readyWords) {
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.add(line);
        if (line.contains(readyWords)) {
          ready.complete(line);
        }
      }
    } catch (IOException e) {
      ready.completeExceptionally(new UncheckedIOException(e));
    }
    ready.completeExceptionally(new IllegalStateException("it has ended"));
  }
}
