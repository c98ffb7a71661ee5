package io.millrace.worker.intake;

import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The gate through which slots go to poll Kafka for a request: only a few at a time, and never more
 * than there is room for.
 *
 * <p>Each waiting fetch costs broker and worker work, so a slot first needs one of a few tokens,
 * and passes it on when it has a request. Kafka serves the fetch that waits longest; so that
 * emptier workers win, a worker has fewer tokens the more of its slots are in use, and while there
 * are others lets each rest for a moment that grows likewise. Requests of the batch class are asked
 * for while more than the {@code reserved} slots are free, whoever else asks: where none are
 * reserved, both classes may get a request for the last slot, and one of them waits in the engine.
 * While requests of that class wait, it has {@code batchSlots} for certain: the others leave them
 * free. Slots with a low number go first, so that a worker with little to do keeps few consumers.
 *
 * <p>Where the requests of a class are in several topics, the slots of each have a line of their
 * own, since what a slot polls for says nothing of the other topics: for the last room a slot of
 * each may poll, and what comes in addition waits in the engine.
 */
final class PollGate {
  /** Not before something changes. */
  private static final long UNKNOWN = Long.MAX_VALUE;

  /** A poll this short has met a request that was there already. */
  private static final Duration AT_ONCE = Duration.ofMillis(20);

  /** Tokens that come in addition while requests wait. */
  private static final int MOST_EXTRA_TOKENS = 6;

  private final ReentrantLock lock = new ReentrantLock();

  /** For those who wait for something else than their turn. */
  private final Condition changed = lock.newCondition();

  private final int slots;
  private final int reserved;
  private final int batchSlots;
  private final int tokens;
  private final long restNanos;
  private final LongSupplier nanoTime;

  // Guarded by lock.
  private final Map<RequestClass, List<Line>> lines = new EnumMap<>(RequestClass.class);
  private final Map<RequestClass, Integer> taken = new EnumMap<>(RequestClass.class);
  private final Map<RequestClass, Integer> settled = new EnumMap<>(RequestClass.class);
  private int held;
  private boolean batchWaits;
  private long heldNanos;
  private long heldSince;
  private long restsUntil;
  private boolean contended;
  private boolean suspended;
  private boolean closed;

  /** The slots of one topic, of which a few may poll at the same time. */
  private static final class Line {
    private final TreeMap<Integer, Condition> waiting = new TreeMap<>();
    private int polling;
    private int extraTokens;
  }

  /**
   * @param slots requests that the worker can answer at once
   * @param reserved slots that the batch class leaves free
   * @param batchSlots slots that the batch class has while requests of it wait
   * @param topics of each class; the slots of a class belong to them in turns
   * @param tokens slots of one class that may poll at the same time when all are free
   * @param fullRest how long a token would rest when all slots were in use
   */
  PollGate(
      int slots,
      int reserved,
      int batchSlots,
      int topics,
      int tokens,
      Duration fullRest,
      LongSupplier nanoTime) {
    this.slots = slots;
    this.reserved = reserved;
    this.batchSlots = batchSlots;
    this.tokens = tokens;
    this.restNanos = fullRest.toNanos();
    this.nanoTime = nanoTime;
    this.restsUntil = nanoTime.getAsLong();
    this.heldSince = restsUntil;
    for (RequestClass requestClass : RequestClass.values()) {
      lines.put(requestClass, Stream.generate(Line::new).limit(topics).toList());
      taken.put(requestClass, 0);
      settled.put(requestClass, 0);
    }
  }

  /**
   * Waits until a slot may poll.
   *
   * @return false when the gate is closed
   */
  boolean enter(RequestClass requestClass, int slot) throws InterruptedException {
    lock.lockInterruptibly();
    Line line = line(requestClass, slot);
    Condition turn = lock.newCondition();
    line.waiting.put(slot, turn);
    try {
      while (!closed) {
        long delay = line.waiting.firstKey() == slot ? delay(requestClass, line) : UNKNOWN;
        if (delay == UNKNOWN) {
          turn.await();
        } else if (delay > 0) {
          turn.awaitNanos(delay);
        } else {
          line.polling++;
          return true;
        }
      }
      return false;
    } finally {
      line.waiting.remove(slot);
      tell();
      lock.unlock();
    }
  }

  private List<Line> lines(RequestClass requestClass) {
    return Objects.requireNonNull(lines.get(requestClass));
  }

  private Line line(RequestClass requestClass, int slot) {
    List<Line> all = lines(requestClass);
    return all.get(slot % all.size());
  }

  private int polling(RequestClass requestClass) {
    return lines(requestClass).stream().mapToInt(line -> line.polling).sum();
  }

  /** Nanoseconds until a slot of a line may poll, as far as that is known. */
  private long delay(RequestClass requestClass, Line line) {
    int free = Math.max(0, slots - held);
    int all = slots * lines(requestClass).size();
    int tokensNow = Math.max(1, ((tokens + line.extraTokens) * free + all - 1) / all);
    if (suspended || line.polling >= tokensNow) {
      return UNKNOWN;
    }
    return held + line.polling < placesNow(requestClass)
        ? Math.max(0, restsUntil - nanoTime.getAsLong())
        : UNKNOWN;
  }

  /** The same at this moment, with the share of the batch class while that waits. */
  private int placesNow(RequestClass requestClass) {
    int owed = batchWaits ? Math.max(0, batchSlots - heldNow(RequestClass.BATCH)) : 0;
    if (requestClass == RequestClass.INTERACTIVE) {
      return places(requestClass) - owed;
    }
    return owed > polling(requestClass) ? slots : places(requestClass);
  }

  private int heldNow(RequestClass requestClass) {
    return Objects.requireNonNull(taken.get(requestClass))
        - Objects.requireNonNull(settled.get(requestClass));
  }

  /** The slots that requests of a class may take. */
  private int places(RequestClass requestClass) {
    return requestClass == RequestClass.INTERACTIVE ? slots : slots - reserved;
  }

  /**
   * A slot that polled has a request now.
   *
   * @param waited for how long it polled: while requests are there as soon as they are asked for,
   *     more and more slots ask
   */
  void took(RequestClass requestClass, int slot, Duration waited) {
    boolean atOnce = waited.compareTo(AT_ONCE) < 0;
    Line line = line(requestClass, slot);
    change(
        () -> {
          line.extraTokens = atOnce ? Math.min(MOST_EXTRA_TOKENS, line.extraTokens + 1) : 0;
          line.polling--;
          taken.merge(requestClass, 1, Integer::sum);
          hold(1);
          long rest = contended ? restNanos * Math.min(held, slots) / slots : 0;
          restsUntil = nanoTime.getAsLong() + rest;
        });
  }

  /** Takes room for a request that has come without a token; false if there is none. */
  boolean tryTake(RequestClass requestClass) {
    lock.lock();
    try {
      boolean room = isOpen() && held < placesNow(requestClass);
      if (room) {
        taken.merge(requestClass, 1, Integer::sum);
        hold(1);
      }
      return room;
    } finally {
      lock.unlock();
    }
  }

  /** A slot that polled gives up. */
  void left(RequestClass requestClass, int slot) {
    Line line = line(requestClass, slot);
    change(() -> line.polling--);
  }

  /** A slot that had a request has none any more. */
  void settled(RequestClass requestClass) {
    change(
        () -> {
          settled.merge(requestClass, 1, Integer::sum);
          hold(-1);
        });
  }

  /** Takes note whether other workers ask for the same requests. */
  void contended(boolean byOthers) {
    change(() -> contended = byOthers);
  }

  private void hold(int more) {
    heldNanos = heldNanosNow();
    heldSince = nanoTime.getAsLong();
    held += more;
  }

  private long heldNanosNow() {
    return heldNanos + held * (nanoTime.getAsLong() - heldSince);
  }

  /** Says whether requests of the batch class wait that no worker has. */
  void batchWaits(boolean now) {
    change(() -> batchWaits = now);
  }

  /** How long requests have had slots so far, all of them together, and how many have ended. */
  SlotTimes times() {
    lock.lock();
    try {
      long ended = settled.values().stream().mapToLong(Integer::longValue).sum();
      return new SlotTimes(ended, Duration.ofNanos(heldNanosNow()));
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a while, or until the gate is closed. */
  void pause(Duration time) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = time.toNanos();
      while (!closed && left > 0) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nobody polls any more, which does not take long once the gate is closed. */
  void awaitNoPolls(Duration atMost) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = atMost.toNanos();
      while (left > 0 && allLines().anyMatch(line -> line.polling > 0)) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Lets nobody poll any more. */
  void close() {
    change(() -> closed = true);
  }

  /** Lets nobody poll until {@link #resume}. */
  void suspend() {
    change(() -> suspended = true);
  }

  void resume() {
    change(() -> suspended = false);
  }

  /** Whether what a poll brings may be kept: the gate is neither suspended nor closed. */
  boolean isOpen() {
    return read(() -> suspended || closed ? 0 : 1) == 1;
  }

  boolean isClosed() {
    return read(() -> closed ? 1 : 0) == 1;
  }

  /** Whether another request of the class may come in. */
  boolean hasRoom(RequestClass requestClass) {
    return read(() -> suspended || closed || held >= placesNow(requestClass) ? 0 : 1) == 1;
  }

  /** How many requests of the class have come in so far. */
  int taken(RequestClass requestClass) {
    return read(() -> Objects.requireNonNull(taken.get(requestClass)));
  }

  /** Slots that have a request. */
  int held() {
    return read(() -> held);
  }

  /** Slots that have a request of the class. */
  int held(RequestClass requestClass) {
    return read(() -> heldNow(requestClass));
  }

  /** Slots that wait for one. */
  int polling() {
    return read(() -> allLines().mapToInt(line -> line.polling).sum());
  }

  int slots() {
    return slots;
  }

  private void change(Runnable action) {
    lock.lock();
    try {
      action.run();
      tell();
    } finally {
      lock.unlock();
    }
  }

  /** Wakes whom a change may concern: of a line its first alone, as there may be hundreds. */
  private void tell() {
    allLines().forEach(this::tell);
    changed.signalAll();
  }

  private void tell(Line line) {
    if (closed) {
      line.waiting.values().forEach(Condition::signal);
    } else if (!line.waiting.isEmpty()) {
      line.waiting.firstEntry().getValue().signal();
    }
  }

  private Stream<Line> allLines() {
    return lines.values().stream().flatMap(List::stream);
  }

  private int read(IntSupplier value) {
    lock.lock();
    try {
      return value.getAsInt();
    } finally {
      lock.unlock();
    }
  }
}
