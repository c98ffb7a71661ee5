package io.millrace.endtoend;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import io.millrace.standalone.Millrace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
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
import org.jspecify.annotations.Nullable;

/**
 * The {@code millrace} command in a process of its own, as a person starts it. It ends with this
 * one, however this one ends.
 */
public final class MillraceProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;

  /** A process that ends soon is started sooner without the second compiler. */
  public static final String SHORT_LIVED = "-XX:TieredStopAtLevel=1";

  private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:(\\d+)");

  private final Process process;

  /** Waits for a line from here, and kills the process if its input ends without one. */
  private final Process guard;

  private final ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<String> ready = new CompletableFuture<>();
  private final Thread reader;

  private MillraceProcess(Process process, @Nullable Path log, String readyWords)
      throws IOException {
    this.process = process;
    guard = shell("read -r _ || kill -KILL $0").start();
    process.onExit().thenRun(this::release);
    reader = new Thread(() -> read(log, readyWords), "output of " + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a command and waits until it says that it is ready.
   *
   * @param readyWords part of the line by which it says so
   */
  static MillraceProcess start(String readyWords, String... arguments) throws Exception {
    return start(null, SHORT_LIVED, readyWords, arguments);
  }

  /**
   * Starts a command and waits until it says that it is ready.
   *
   * @param log what it prints is added to this file; null for none
   * @param javaOptions in place of JAVA_OPTS; empty for that as it is
   * @param readyWords part of the line by which it says that it is ready
   * @throws AssertionError if it is not in time
   */
  public static MillraceProcess start(
      @Nullable Path log, String javaOptions, String readyWords, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of("..", "bin", "jvm").toString());
    command.addAll(List.of(arguments[0], "-cp", System.getProperty("java.class.path")));
    command.add(Millrace.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MILLRACE_HEAP", "384m");
    if (!javaOptions.isEmpty()) {
      builder.environment().put("JAVA_OPTS", javaOptions);
    }
    MillraceProcess started = new MillraceProcess(builder.start(), log, readyWords);
    try {
      started.ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      started.kill();
      throw new AssertionError(
          String.join(" ", arguments) + " is not ready:\n" + started.output(), e);
    }
    return started;
  }

  private void release() {
    try (Writer leave = guard.outputWriter()) {
      leave.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port in the line by which it said that it is ready. */
  public int port() {
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
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Stops it as a machine that hangs: SIGSTOP. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** Lets it go on: SIGCONT. */
  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    shell("kill -" + name + " $0").start().waitFor();
  }

  /** A command of the shell, to which the process is {@code $0}. */
  private ProcessBuilder shell(String command) {
    return new ProcessBuilder("sh", "-c", command, Long.toString(process.pid()));
  }

  /** Completed with its exit code. */
  public CompletableFuture<Integer> exit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /** Asks it to end (SIGTERM), and returns its exit code. */
  public int stop() throws InterruptedException {
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

  private void read(@Nullable Path log, String readyWords) {
    try (BufferedReader reader = process.inputReader();
        Writer copy =
            log == null ? Writer.nullWriter() : Files.newBufferedWriter(log, CREATE, APPEND)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        output.add(line);
        copy.append(line).append('\n').flush();
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
