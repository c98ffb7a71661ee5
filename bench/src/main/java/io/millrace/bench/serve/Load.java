package io.millrace.bench.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The load on a server: requests that were sent when they were due.
 *
 * @param outcomes in the order of the requests
 * @param queueTimes seconds that each was due before it was sent, because too many others were open
 * @param duration seconds from the first to the last
 */
record Load(List<Outcome> outcomes, List<Double> queueTimes, double duration) {
  private static final double NANOS_A_SECOND = 1e9;

  /**
   * Sends requests and waits for all of them.
   *
   * @param arrivals seconds from now on
   * @param maxConcurrency requests that are open at once; null for any number
   * @param send sends the request of a number
   */
  static Load run(
      double[] arrivals,
      @Nullable Integer maxConcurrency,
      IntFunction<CompletableFuture<Outcome>> send) {
    Semaphore free = new Semaphore(maxConcurrency == null ? Integer.MAX_VALUE : maxConcurrency);
    List<CompletableFuture<Outcome>> open = new ArrayList<>();
    List<Double> queueTimes = new ArrayList<>();
    long started = System.nanoTime();
    for (int i = 0; i < arrivals.length; i++) {
      long due = started + (long) (arrivals[i] * NANOS_A_SECOND);
      waitUntil(due);
      free.acquireUninterruptibly();
      queueTimes.add((System.nanoTime() - due) / NANOS_A_SECOND);
      open.add(send.apply(i).whenComplete((outcome, failure) -> free.release()));
    }
    List<Outcome> outcomes = open.stream().map(CompletableFuture::join).toList();
    return new Load(outcomes, queueTimes, (System.nanoTime() - started) / NANOS_A_SECOND);
  }

  private static void waitUntil(long due) {
    for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
