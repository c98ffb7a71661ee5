package io.millrace.standalone.chat;

/** A thread that stops what a command waits for once the process is told to end. */
final class ShutdownWatch {
  private ShutdownWatch() {}

  static void start(ServerOptions.Ended ended, Runnable stop) {
    Thread thread = new Thread(() -> run(ended, stop), "shutdown-watch");
    thread.setDaemon(true);
    thread.start();
  }

  private static void run(ServerOptions.Ended ended, Runnable stop) {
    try {
      ended.await();
      stop.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
