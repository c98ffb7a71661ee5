package io.millrace.api.admission;

import io.millrace.api.tenant.Tenant;
import java.util.Comparator;

/**
 * The entry of a request in a {@link FairQueue}.
 *
 * @param rank lower goes first, among those of one tenant
 * @param number orders those of one rank; unique
 * @param cost in tokens, as far as it can be known before
 */
record QueueEntry<E>(Tenant tenant, long rank, long number, double cost, E element) {
  static <E> Comparator<QueueEntry<E>> order() {
    return Comparator.<QueueEntry<E>>comparingLong(QueueEntry::rank)
        .thenComparingLong(QueueEntry::number);
  }
}
