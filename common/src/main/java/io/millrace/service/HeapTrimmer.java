package io.millrace.service;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A look every few seconds at whether a load is over that the Java heap may have grown for. Then it
 * is collected, whereupon the JVM gives what is free back to the system, by the ratios in {@code
 * bin/jvm.options}: the collector alone would keep it for as long as the process lives.
 */
public final class HeapTrimmer {
  private static final int EVERY_SECONDS = 10;

  /** Looks between two trims, so that a light load costs little. */
  private static final int LEAST_LOOKS = 3;

  /** Collections so far at the last look, and at the last trim. */
  private long seen = -1;

  private long trimmed = -1;
  private int looks = LEAST_LOOKS;

  HeapTrimmer() {}

  /** Looks from now on, as long as the process lives. */
  public static void start() {
    HeapTrimmer trimmer = new HeapTrimmer();
    Executors.newSingleThreadScheduledExecutor(HeapTrimmer::thread)
        .scheduleWithFixedDelay(trimmer::look, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "heap-timer");
    thread.setDaemon(true);
    return thread;
  }

  private void look() {
    if (isDue(numCollections())) {
      System.gc();
      trimmed(numCollections());
    }
  }

  /**
   * Whether something was collected since the last trim, and nothing since the last look, so that
   * little is allocated any more.
   */
  boolean isDue(long numCollections) {
    boolean quiet = numCollections == seen;
    seen = numCollections;
    looks++;
    return quiet && looks > LEAST_LOOKS && numCollections != trimmed;
  }

  /** Takes note of a trim, itself among the collections. */
  void trimmed(long numCollections) {
    seen = numCollections;
    trimmed = numCollections;
    looks = 0;
  }

  private static long numCollections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }
}
