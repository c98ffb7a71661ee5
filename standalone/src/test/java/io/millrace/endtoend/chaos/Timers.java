package io.millrace.endtoend.chaos;

import io.millrace.testing.EventReader;
import java.io.IOException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The timer that ends streams which last too long. */
final class Timers {
  private static final ScheduledThreadPoolExecutor TIMER =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "stream-deadlines");
            thread.setDaemon(true);
            return thread;
          });

  private Timers() {}

  /** Closes a stream at a moment of {@code System.nanoTime}, unless that is cancelled. */
  static ScheduledFuture<?> closeAt(EventReader reader, long moment) {
    Runnable close =
        () -> {
          try {
            reader.close();
          } catch (IOException e) {
            // It is closed all the same.
          }
        };
    return TIMER.schedule(close, moment - System.nanoTime(), TimeUnit.NANOSECONDS);
  }
}
