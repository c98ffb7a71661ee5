package io.millrace.api.admission;

import io.millrace.api.tenant.Tenant;
import java.util.Comparator;

/**
 * The place of a request in a {@link FairQueue}.
 *
 * @param rank lower goes first, among those of one tenant
 * @param number orders those of one rank; unique
 * @param cost in tokens, as far as it can be known before
 */
record Place<E>(Tenant tenant, long rank, long number, double cost, E element) {
  static <E> Comparator<Place<E>> order() {
    return Comparator.<Place<E>>comparingLong(Place::rank).thenComparingLong(Place::number);
  }
}
