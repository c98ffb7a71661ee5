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
    private final TreeSet<Place<E>> places = new TreeSet<>(Place.order());
    private Tenant tenant;
    private double tag;

    private Flow(Tenant tenant) {
      this.tenant = tenant;
    }

    private double crowd() {
      return (double) places.size() / tenant.weight();
    }
  }

  private final Map<String, Flow<E>> flows = new HashMap<>();
  private double lastTag;
  private int size;

  void add(Place<E> place) {
    Flow<E> flow = flows.computeIfAbsent(place.tenant().name(), name -> new Flow<>(place.tenant()));
    flow.tenant = place.tenant();
    if (flow.places.isEmpty()) {
      flow.tag = Math.max(flow.tag, lastTag);
    }
    if (!flow.places.add(place)) {
      throw new IllegalArgumentException(place + " is there already");
    }
    size++;
  }

  /** Takes a place out; false if it is not there. */
  boolean remove(Place<E> place) {
    Flow<E> flow = flows.get(place.tenant().name());
    if (flow == null || !flow.places.remove(place)) {
      return false;
    }
    size--;
    return true;
  }

  /** Whose turn it is, among the tenants that may have one. */
  Optional<Place<E>> poll(Predicate<Tenant> may) {
    Optional<Flow<E>> next =
        flows.values().stream()
            .filter(flow -> !flow.places.isEmpty() && may.test(flow.tenant))
            .min(
                Comparator.<Flow<E>>comparingDouble(flow -> flow.tag)
                    .thenComparingLong(flow -> flow.places.first().number()));
    return next.map(this::turn);
  }

  private Place<E> turn(Flow<E> flow) {
    Place<E> place = flow.places.first();
    remove(place);
    lastTag = Math.max(lastTag, flow.tag);
    flow.tag += place.cost() / flow.tenant.weight();
    return place;
  }

  /** Takes note that a turn cost more than was foreseen, or less. */
  void correct(Tenant tenant, double more) {
    Flow<E> flow = flows.get(tenant.name());
    if (flow != null) {
      flow.tag += more / tenant.weight();
    }
  }

  /**
   * Takes out the last place of the tenant that has most waiting for its weight, unless that is
   * this one or as bad.
   */
  Optional<Place<E>> evictFor(Tenant tenant) {
    double own = (double) (size(tenant) + 1) / tenant.weight();
    Optional<Place<E>> last =
        flows.values().stream()
            .max(Comparator.comparingDouble(Flow::crowd))
            .filter(flow -> flow.crowd() > own)
            .map(flow -> flow.places.last());
    last.ifPresent(this::remove);
    return last;
  }

  int size() {
    return size;
  }

  /** How much a tenant has waiting. */
  int size(Tenant tenant) {
    Flow<E> flow = flows.get(tenant.name());
    return flow == null ? 0 : flow.places.size();
  }

  /** The weights of all that have something waiting, and of this one. */
  int weights(Tenant tenant) {
    return tenant.weight()
        + flows.values().stream()
            .filter(flow -> !flow.places.isEmpty() && !flow.tenant.name().equals(tenant.name()))
            .mapToInt(flow -> flow.tenant.weight())
            .sum();
  }
}
