package io.millrace.standalone;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A command in a pseudo-terminal, as {@code script} of util-linux gives it one. */
final class Pty implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final OutputStream keys;
  private final Thread reader;

  // Guarded by this.
  private final StringBuilder screen = new StringBuilder();
  private boolean ended;

  private Pty(Process process) {
    this.process = process;
    this.keys = process.getOutputStream();
    this.reader = new Thread(this::read, "pty");
    reader.setDaemon(true);
    reader.start();
  }

  static boolean isAvailable() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Stream.of(path.split(":")).anyMatch(it -> Files.isExecutable(Path.of(it, "script")));
  }

  static Pty start(List<String> command) throws IOException {
    String quoted = String.join(" ", command.stream().map(word -> "'" + word + "'").toList());
    // Without a terminal around it, its own has no size; and what is started in the background
    // ignores Ctrl-C, as do its children.
    String sized = "stty cols 120 rows 40; exec env --default-signal=INT " + quoted;
    ProcessBuilder builder = new ProcessBuilder("script", "-qefc", sized, "/dev/null");
    builder.environment().put("TERM", "xterm");
    builder.environment().put("LC_ALL", "C.UTF-8");
    return new Pty(builder.redirectErrorStream(true).start());
  }

  private void read() {
    char[] chars = new char[4096];
    try (Reader in = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
      for (int read = in.read(chars); read >= 0; read = in.read(chars)) {
        synchronized (this) {
          screen.append(chars, 0, read);
          notifyAll();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      synchronized (this) {
        ended = true;
        notifyAll();
      }
    }
  }

  /** Presses keys. */
  void type(String text) throws IOException {
    keys.write(text.getBytes(StandardCharsets.UTF_8));
    keys.flush();
  }

  /** Waits until a text is on the screen behind what was awaited before. */
  synchronized void await(String text) throws InterruptedException {
    Instant limit = Instant.now().plus(PATIENCE);
    int found = screen.indexOf(text);
    while (found < 0) {
      long left = Duration.between(Instant.now(), limit).toMillis();
      if (ended || left <= 0) {
        throw new AssertionError("no \"%s\" in: %s".formatted(text, screen));
      }
      wait(left);
      found = screen.indexOf(text);
    }
    screen.delete(0, found + text.length());
  }

  /** What is on the screen behind what was awaited. */
  synchronized String screen() {
    return screen.toString();
  }

  /** The exit code of the command, once it has ended. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("still running: " + screen());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
