package io.millrace.service;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A look every few seconds at whether the Java heap has grown for a load that is over. If so it is
 * collected, whereupon the JVM gives what is free back to the system, by the ratios in {@code
 * bin/jvm.options}: the collector alone would keep it for as long as the process lives.
 */
public final class HeapTrimmer {
  private static final int EVERY_SECONDS = 10;

  /** By how much it must have grown for a collection to be worth its time. */
  private static final double GROWTH = 1.1;

  private long collections = -1;
  private long trimmed;

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
    if (isDue(numCollections(), committed())) {
      System.gc();
      trimmed(numCollections(), committed());
    }
  }

  /**
   * Whether nothing was collected since the last look, so that little is allocated, and the heap is
   * larger than after the last trim.
   */
  boolean isDue(long numCollections, long committed) {
    boolean quiet = numCollections == collections;
    collections = numCollections;
    return quiet && committed > trimmed * GROWTH;
  }

  /** Takes note of what a trim has left. */
  void trimmed(long numCollections, long committed) {
    collections = numCollections;
    trimmed = committed;
  }

  private static long numCollections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static long committed() {
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted();
  }
}
