package io.millrace.standalone;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start of a part of this process on a thread of its own, beside that of others.
 *
 * @param <T> type of the part
 */
final class BackgroundStart<T extends AutoCloseable> implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BackgroundStart.class);

  private final CompletableFuture<T> started = new CompletableFuture<>();

  private BackgroundStart() {}

  /**
   * Begins to start a part.
   *
   * @param name of the thread, such as {@code start-engine}
   */
  static <T extends AutoCloseable> BackgroundStart<T> of(String name, Supplier<T> start) {
    BackgroundStart<T> background = new BackgroundStart<>();
    Thread thread = new Thread(() -> background.run(start), name);
    thread.setDaemon(true);
    thread.start();
    return background;
  }

  private void run(Supplier<T> start) {
    try {
      started.complete(start.get());
    } catch (Throwable e) {
      started.completeExceptionally(e);
    }
  }

  /**
   * The part, once it has started.
   *
   * @throws RuntimeException what the start has thrown
   */
  T part() {
    try {
      return started.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /**
   * Stops the part. One that has not started yet is stopped as soon as it has, which is not waited
   * for: what fails meanwhile must not keep the process from ending.
   */
  @Override
  public void close() {
    started.thenAccept(
        part -> {
          try {
            part.close();
          } catch (Exception e) {
            log.warn("{} could not be stopped", part, e);
          }
        });
  }
}
