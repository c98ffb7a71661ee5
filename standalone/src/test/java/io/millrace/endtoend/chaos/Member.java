package io.millrace.endtoend.chaos;

import io.millrace.endtoend.MillraceProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** A process of the installation, which is started again whenever it has ended. */
final class Member implements AutoCloseable {
  /** Nothing of this lives long enough for what the second compiler costs. */
  private static final String JAVA_OPTIONS = MillraceProcess.SHORT_LIVED + " -Xss512k";

  private static final int STARTS = 20;

  private final Role role;
  private final String name;
  private final Path log;
  private final String readyWords;
  private final String[] arguments;
  private final IntConsumer crashed;

  /** Guarded by this. */
  private @Nullable MillraceProcess process;

  /** Guarded by this. */
  private boolean up;

  private volatile boolean closed;

  /**
   * @param log where all that its processes print is kept
   * @param crashed told the exit code when a process ends of itself
   */
  Member(
      Role role,
      String name,
      Path log,
      IntConsumer crashed,
      String readyWords,
      String... arguments) {
    this.role = role;
    this.name = name;
    this.log = log;
    this.crashed = crashed;
    this.readyWords = readyWords;
    this.arguments = arguments;
  }

  /** Starts it, several times if need be: while there is no broker nothing can start. */
  void start() throws Exception {
    for (int attempt = 1; !closed; attempt++) {
      try {
        MillraceProcess started = MillraceProcess.start(log, JAVA_OPTIONS, readyWords, arguments);
        synchronized (this) {
          process = started;
          up = true;
        }
        started.exit().thenAccept(code -> ended(started, code));
        if (closed) {
          started.close();
        }
        return;
      } catch (AssertionError e) {
        if (attempt == STARTS) {
          throw e;
        }
      }
    }
  }

  private void ended(MillraceProcess ended, int code) {
    synchronized (this) {
      if (closed || !up || process != ended) {
        return;
      }
      up = false;
    }
    crashed.accept(code);
    CompletableFuture.runAsync(
        () -> {
          try {
            start();
          } catch (Exception e) {
            throw new CompletionException(e);
          }
        });
  }

  Role role() {
    return role;
  }

  String name() {
    return name;
  }

  /** Whether it runs, and nobody disturbs it. */
  synchronized boolean isUp() {
    return up;
  }

  /** Does something to it that has been {@link #taken}, and returns when it is up again. */
  void disturb(Fault fault) throws Exception {
    MillraceProcess disturbed = current();
    Duration time = fault.time();
    switch (fault.manner()) {
      case KILL -> disturbed.kill();
      case TERMINATE -> disturbed.stop();
      case FREEZE -> disturbed.freeze();
    }
    Thread.sleep(time.toMillis());
    if (fault.manner() == Fault.Manner.FREEZE) {
      disturbed.thaw();
      synchronized (this) {
        up = true;
      }
    } else {
      start();
    }
  }

  /** Has it to disturb, alone; false if it is down. */
  synchronized boolean taken() {
    boolean was = up;
    up = false;
    return was;
  }

  private synchronized MillraceProcess current() {
    return Objects.requireNonNull(process);
  }

  @Override
  public void close() {
    closed = true;
    MillraceProcess last;
    synchronized (this) {
      last = process;
    }
    if (last != null) {
      last.close();
    }
  }
}
