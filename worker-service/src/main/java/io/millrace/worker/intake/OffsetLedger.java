package io.millrace.worker.intake;

import io.millrace.kafka.PartitionProgress;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The ledger of one partition while it belongs to this worker: which records are worked on, and
 * which must come again. A record that was taken and is not in it has ended.
 *
 * <p>Not thread-safe.
 */
final class OffsetLedger {
  /** How often each record was begun that has not ended. */
  private final TreeMap<Long, Integer> open;

  private final SortedSet<Long> running = new TreeSet<>();

  /** Given back, and not asked for again so far. */
  private final SortedSet<Long> released = new TreeSet<>();

  private long next;
  private long position;

  /**
   * @param progress as it was committed, by this worker or another
   */
  OffsetLedger(PartitionProgress progress) {
    this.open = new TreeMap<>(progress.open());
    this.next = progress.next();
    this.position = progress.start();
  }

  /** Whether a record that was read is one to begin: it neither runs nor has ended. */
  boolean wants(long offset) {
    return !running.contains(offset) && (offset >= next || open.containsKey(offset));
  }

  /**
   * Begins the work on a record that is wanted.
   *
   * @return which attempt it is, from 1
   */
  int begin(long offset) {
    if (!wants(offset)) {
      throw new IllegalStateException("offset %d is not wanted".formatted(offset));
    }
    // What lies between was taken back by its writer, or is none of a client's records.
    next = Math.max(next, offset + 1);
    running.add(offset);
    released.remove(offset);
    return open.merge(offset, 1, Integer::sum);
  }

  /** Takes back that a record was begun. */
  void withdraw(long offset) {
    running.remove(offset);
    open.computeIfPresent(offset, (same, attempts) -> attempts - 1);
  }

  /** Notes that a record has ended. */
  void end(long offset) {
    running.remove(offset);
    open.remove(offset);
  }

  /** Notes that a record must be begun again, here or elsewhere. */
  void release(long offset) {
    running.remove(offset);
    released.add(offset);
  }

  /** Where to read on so that what was given back comes again; empty if nothing was. */
  OptionalLong rewind() {
    if (released.isEmpty()) {
      return OptionalLong.empty();
    }
    position = Math.min(position, released.first());
    released.clear();
    return OptionalLong.of(position);
  }

  /** Notes that reading goes on there. */
  void seek(long offset) {
    position = offset;
  }

  /** Where reading goes on: what is read next does not lie before it. */
  long position() {
    return position;
  }

  /**
   * Notes that all was read before an offset: what was to come again and has not is there no more.
   *
   * @return whether that is any news
   */
  boolean readTo(long offset) {
    boolean gone =
        open.headMap(offset)
            .keySet()
            .removeIf(old -> !running.contains(old) && !released.contains(old));
    boolean further = offset > next;
    next = Math.max(next, offset);
    position = offset;
    return gone || further;
  }

  /** Whether one more record can be taken down. */
  boolean hasRoom() {
    return progress().hasRoom();
  }

  /** As it is committed. */
  PartitionProgress progress() {
    return new PartitionProgress(next, open);
  }

  /** The records that are worked on, with the attempt of each. */
  Map<Long, Integer> running() {
    TreeMap<Long, Integer> attempts = new TreeMap<>(open);
    attempts.keySet().retainAll(running);
    return attempts;
  }
}
