package io.millrace.worker.intake;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** The counters and gauges of the intake. */
final class IntakeMetrics {
  private final Counter redeliveries;
  private final Counter duplicates;
  private final Counter renewals;
  private final Counter losses;

  IntakeMetrics(MeterRegistry meters, Tags tags) {
    this.redeliveries =
        Counter.builder("millrace.redeliveries")
            .description("Requests that were delivered to this worker after an earlier attempt")
            .tags(tags)
            .register(meters);
    this.duplicates =
        Counter.builder("millrace.duplicates.dropped")
            .description("Deliveries of a request that this worker was answering or had answered")
            .tags(tags)
            .register(meters);
    this.renewals =
        Counter.builder("millrace.lease.renewals")
            .description("Renewals of leases on requests")
            .tags(tags)
            .register(meters);
    this.losses =
        Counter.builder("millrace.lease.losses")
            .description("Leases that were lost before the work on their requests was settled")
            .tags(tags)
            .register(meters);
  }

  void watch(PollGate gate, MeterRegistry meters, Tags tags) {
    Gauge.builder("millrace.worker.slots", gate, PollGate::slots)
        .description("Requests that the worker can answer at once")
        .tags(tags)
        .register(meters);
    Gauge.builder("millrace.worker.slots.held", gate, PollGate::held)
        .description("Slots that have a request")
        .tags(tags)
        .register(meters);
  }

  void redelivered() {
    redeliveries.increment();
  }

  void duplicateDropped() {
    duplicates.increment();
  }

  void leaseRenewed() {
    renewals.increment();
  }

  void leasesLost(int count) {
    losses.increment(count);
  }
}
