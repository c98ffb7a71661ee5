package io.millrace.api.admission;

import io.millrace.api.tenant.Tenant;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The waiting line of one model, and the rule by which it moves. For one thread at a time.
 *
 * <p>As many are let in as workers have slots for, and a few more that wait in Kafka, so that no
 * slot stands idle. A tenant that has its share of the slots, while another one that has less has
 * asked lately, leaves some slots free for that: so whoever asks for little finds room at once,
 * however much others ask for.
 */
final class ModelQueue<E> {
  /** How long a tenant that asks no more is expected back. */
  private static final Duration LATELY = Duration.ofMinutes(1);

  /** With fewer slots none is left free. */
  private static final int FEW_SLOTS = 4;

  /** The part of the slots that is left free for others, and that may wait in Kafka. */
  private static final int PART = 8;

  /** What a tenant has in the queue and on workers. */
  private static final class Presence {
    private Tenant tenant;
    private int inside;
    private long askedAt;

    private Presence(Tenant tenant) {
      this.tenant = tenant;
    }
  }

  private final LongSupplier nanoTime;
  private final FairQueue<E> queue = new FairQueue<>();
  private final Map<String, Presence> presences = new HashMap<>();
  private int inside;
  private int started;

  ModelQueue(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Puts a request into the line. */
  void arrive(QueueEntry<E> entry) {
    Presence presence = presence(entry.tenant());
    presence.tenant = entry.tenant();
    presence.askedAt = nanoTime.getAsLong();
    queue.add(entry);
  }

  /**
   * Lets the next request in, if there is room for it.
   *
   * @param slots that workers have for the requests of this process, those in use included
   */
  Optional<QueueEntry<E>> next(int slots) {
    Optional<QueueEntry<E>> next = queue.poll(tenant -> hasRoom(tenant, slots));
    next.ifPresent(
        entry -> {
          inside++;
          presence(entry.tenant()).inside++;
        });
    return next;
  }

  private boolean hasRoom(Tenant tenant, int slots) {
    int keptFree = hasItsShare(tenant, slots) ? keptFree(tenant, slots) : 0;
    boolean mayWait = keptFree == 0 && inside - started < ahead(slots);
    return inside < slots - keptFree || mayWait;
  }

  /** How many may wait in Kafka, so that a slot that gets free has work at once. */
  private static int ahead(int slots) {
    return 2 + slots / PART;
  }

  private int keptFree(Tenant tenant, int slots) {
    if (slots < FEW_SLOTS) {
      return 0;
    }
    double wanted =
        presences.values().stream()
            .filter(it -> !it.tenant.name().equals(tenant.name()) && isActive(it))
            .mapToDouble(it -> Math.max(0, share(it.tenant, slots) - it.inside))
            .sum();
    return Math.min(Math.max(1, slots / PART), (int) Math.ceil(wanted));
  }

  private boolean hasItsShare(Tenant tenant, int slots) {
    return presence(tenant).inside >= share(tenant, slots);
  }

  private double share(Tenant tenant, int slots) {
    int all =
        presences.values().stream().filter(this::isActive).mapToInt(it -> it.tenant.weight()).sum();
    return (double) slots * tenant.weight() / Math.max(tenant.weight(), all);
  }

  private boolean isActive(Presence presence) {
    return presence.inside > 0 || nanoTime.getAsLong() - presence.askedAt < LATELY.toNanos();
  }

  /** Takes note that a worker has begun with a request. */
  void started() {
    started++;
  }

  /**
   * Takes note that a request that was let in has ended.
   *
   * @param begun whether a worker had begun with it
   * @param more tokens that it cost than was foreseen
   */
  void left(Tenant tenant, boolean begun, double more) {
    inside--;
    started -= begun ? 1 : 0;
    presence(tenant).inside--;
    queue.correct(tenant, more);
  }

  /** Takes a request out of the line; false if it is not there. */
  boolean remove(QueueEntry<E> entry) {
    return queue.remove(entry);
  }

  /** See {@link FairQueue#evictFor}. */
  Optional<QueueEntry<E>> evictFor(Tenant tenant) {
    return queue.evictFor(tenant);
  }

  /** How many wait. */
  int size() {
    return queue.size();
  }

  /** How many of a tenant wait. */
  int size(Tenant tenant) {
    return queue.size(tenant);
  }

  /** How many go before another one of that tenant, as tenants take turns. */
  long before(Tenant tenant) {
    long inTurns = (long) queue.size(tenant) * queue.weights(tenant) / tenant.weight();
    return Math.min(queue.size(), inTurns);
  }

  /** How many have a worker. */
  int numStarted() {
    return started;
  }

  private Presence presence(Tenant tenant) {
    return presences.computeIfAbsent(tenant.name(), name -> new Presence(tenant));
  }
}
