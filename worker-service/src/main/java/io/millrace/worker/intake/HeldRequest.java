package io.millrace.worker.intake;

import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;

/** A request while a member of a group holds it: by its partition, which may be lost. */
final class HeldRequest {
  private final Delivery delivery;
  private final TopicPartition partition;
  private final CompletableFuture<LeasedTask> task = new CompletableFuture<>();

  HeldRequest(Delivery delivery, TopicPartition partition) {
    this.delivery = delivery;
    this.partition = partition;
  }

  Delivery delivery() {
    return delivery;
  }

  TopicPartition partition() {
    return partition;
  }

  long offset() {
    return delivery.id().offset();
  }

  /** Says what the work is, once it has begun. */
  void begun(LeasedTask work) {
    task.complete(work);
  }

  /** Tells the work that another worker may have the request; at once, or when it begins. */
  void lose() {
    task.thenAccept(work -> work.leaseLost().run());
  }
}
