package io.millrace.api.admission;

import io.millrace.api.tenant.Tenant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * A queue in which tenants that have something waiting take turns by what it costs and by their
 * weights: start-time fair queueing (Goyal, Vin, Cheng, SIGCOMM 1996). Among those of one tenant
 * the lowest rank goes first. For one thread at a time.
 *
 * <p>Each tenant has a tag, which grows by cost over weight with every turn; the lowest is next.
 * One that has had nothing waiting begins at the tag of the last turn, so that nobody saves turns
 * up.
 */
final class FairQueue<E> {
  /** What one tenant has waiting. */
  private static final class Flow<E> {
    private final TreeSet<QueueEntry<E>> entries = new TreeSet<>(QueueEntry.order());
    private Tenant tenant;
    private double tag;

    private Flow(Tenant tenant) {
      this.tenant = tenant;
    }

    private double crowd() {
      return (double) entries.size() / tenant.weight();
    }
  }

  private final Map<String, Flow<E>> flows = new HashMap<>();
  private double lastTag;
  private int size;

  void add(QueueEntry<E> entry) {
    Flow<E> flow = flows.computeIfAbsent(entry.tenant().name(), name -> new Flow<>(entry.tenant()));
    flow.tenant = entry.tenant();
    if (flow.entries.isEmpty()) {
      flow.tag = Math.max(flow.tag, lastTag);
    }
    if (!flow.entries.add(entry)) {
      throw new IllegalArgumentException(entry + " is there already");
    }
    size++;
  }

  /** Takes a entry out; false if it is not there. */
  boolean remove(QueueEntry<E> entry) {
    Flow<E> flow = flows.get(entry.tenant().name());
    if (flow == null || !flow.entries.remove(entry)) {
      return false;
    }
    size--;
    return true;
  }

  /** Whose turn it is, among the tenants that may have one. */
  Optional<QueueEntry<E>> poll(Predicate<Tenant> may) {
    Optional<Flow<E>> next =
        flows.values().stream()
            .filter(flow -> !flow.entries.isEmpty() && may.test(flow.tenant))
            .min(
                Comparator.<Flow<E>>comparingDouble(flow -> flow.tag)
                    .thenComparingLong(flow -> flow.entries.first().number()));
    return next.map(this::turn);
  }

  private QueueEntry<E> turn(Flow<E> flow) {
    QueueEntry<E> entry = flow.entries.first();
    remove(entry);
    lastTag = Math.max(lastTag, flow.tag);
    flow.tag += entry.cost() / flow.tenant.weight();
    return entry;
  }

  /** Takes note that a turn cost more than was foreseen, or less. */
  void correct(Tenant tenant, double more) {
    Flow<E> flow = flows.get(tenant.name());
    if (flow != null) {
      flow.tag += more / tenant.weight();
    }
  }

  /**
   * Takes out the last entry of the tenant that has most waiting for its weight, unless that is
   * this one or as bad.
   */
  Optional<QueueEntry<E>> evictFor(Tenant tenant) {
    double own = (double) (size(tenant) + 1) / tenant.weight();
    Optional<QueueEntry<E>> last =
        flows.values().stream()
            .max(Comparator.comparingDouble(Flow::crowd))
            .filter(flow -> flow.crowd() > own)
            .map(flow -> flow.entries.last());
    last.ifPresent(this::remove);
    return last;
  }

  int size() {
    return size;
  }

  /** How much a tenant has waiting. */
  int size(Tenant tenant) {
    Flow<E> flow = flows.get(tenant.name());
    return flow == null ? 0 : flow.entries.size();
  }

  /** The weights of all that have something waiting, and of this one. */
  int weights(Tenant tenant) {
    return tenant.weight()
        + flows.values().stream()
            .filter(flow -> !flow.entries.isEmpty() && !flow.tenant.name().equals(tenant.name()))
            .mapToInt(flow -> flow.tenant.weight())
            .sum();
  }
}
