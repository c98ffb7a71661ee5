package io.millrace.worker.intake;

import java.util.OptionalDouble;
import org.apache.kafka.clients.consumer.ShareConsumer;

/** How often a consumer has connected to a broker. */
final class ConnectionCount {
  private final ConsumerMetric connections;
  private OptionalDouble before = OptionalDouble.empty();

  ConnectionCount(ShareConsumer<?, ?> consumer) {
    this.connections = new ConsumerMetric(consumer, "connection-creation-total");
  }

  /** Whether it has grown since it was last asked; true where that is not known. */
  boolean hasGrown() {
    OptionalDouble now = connections.value();
    boolean same = now.isPresent() && now.equals(before);
    before = now;
    return !same;
  }
}
