package io.millrace.api.admission;

import io.millrace.kafka.WorkerLoad;

/**
 * How many slots there are for the requests of this process: all, but for those that others use.
 * What workers hold is announced every few seconds, and so it is compared with what this process
 * had on them at that moment; of two announcements the one with fewer of others counts, as a
 * request may begin or end while the word of it is on its way. For one thread at a time.
 */
final class SlotCount {
  private WorkerLoad seen = WorkerLoad.NONE;
  private int othersBefore;
  private int others;

  /**
   * How many there are now.
   *
   * @param own requests of this process that workers have
   */
  int of(WorkerLoad load, int own) {
    if (!load.equals(seen)) {
      othersBefore = others;
      others = Math.max(0, load.running() - own);
      seen = load;
    }
    return Math.max(0, load.slots() - Math.min(others, othersBefore));
  }
}
