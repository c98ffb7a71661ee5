package io.millrace.service;

import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a command that runs until it is told to end, by a signal (SIGTERM, SIGINT) or from
 * within. A signal's thread waits until the command has closed what it opened, in its own order;
 * the virtual machine would not wait for that.
 */
public final class Shutdown implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Shutdown.class);

  private final CountDownLatch wanted = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::signalled, "shutdown");
  private volatile int exitCode;

  /** Listens to signals from now on. */
  public Shutdown() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Ends the command, which has done what it was for. */
  public void end() {
    wanted.countDown();
  }

  /** Ends the command with a failure. */
  public void fail(String why) {
    log.error("{}", why);
    exitCode = 1;
    wanted.countDown();
  }

  /** Waits until the command is told to end, and returns the exit code. */
  public int await() throws InterruptedException {
    wanted.await();
    return exitCode;
  }

  /** Lets the process end: everything else is closed. */
  @Override
  public void close() {
    done.countDown();
  }

  private void signalled() {
    wanted.countDown();
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
