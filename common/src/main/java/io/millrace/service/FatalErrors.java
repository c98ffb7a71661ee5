package io.millrace.service;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a process in which a thread has failed by an {@link Error}, such as a lack of memory:
 * without that thread the process would live on and do nothing. Other exceptions are only logged.
 */
public final class FatalErrors implements UncaughtExceptionHandler {
  /** As of a JVM that ends itself for lack of memory. */
  static final int EXIT_CODE = 3;

  private static final Logger log = LoggerFactory.getLogger(FatalErrors.class);

  private final IntConsumer halt;

  /**
   * @param halt ends the process with an exit code, without hooks: they would wait for what is gone
   */
  FatalErrors(IntConsumer halt) {
    this.halt = halt;
  }

  /** Watches all threads of this process that have no handler of their own. */
  public static void endTheProcess() {
    Thread.setDefaultUncaughtExceptionHandler(new FatalErrors(Runtime.getRuntime()::halt));
  }

  @Override
  public void uncaughtException(Thread thread, Throwable error) {
    if (!(error instanceof Error)) {
      log.error("thread {} has failed", thread.getName(), error);
      return;
    }
    try {
      log.error("thread {} has failed, the process ends", thread.getName(), error);
    } finally {
      halt.accept(EXIT_CODE);
    }
  }
}
