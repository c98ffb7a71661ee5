package io.millrace.worker.intake;

import io.millrace.protocol.RequestClass;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ShareConsumer;

/** Requests from share groups: a {@link Slot} for each that may be answered at once. */
public final class ShareSource extends RequestSource {
  private final Function<RequestClass, ShareConsumer<String, byte[]>> consumers;
  private final Backlog backlog;
  private final LeaderEpochs epochs;

  /**
   * @param consumers makes a consumer of a class's share group
   */
  public ShareSource(
      Function<RequestClass, ShareConsumer<String, byte[]>> consumers,
      Backlog backlog,
      LeaderEpochs epochs) {
    this.consumers = consumers;
    this.backlog = backlog;
    this.epochs = epochs;
  }

  @Override
  List<RequestTaker> takers(
      IntakeSettings settings,
      PollGate gate,
      SlotHealth health,
      Function<Delivery, LeasedTask> handler) {
    List<RequestTaker> slots = new ArrayList<>();
    for (RequestClass requestClass : RequestClass.values()) {
      String topic = settings.topics().requests(settings.model(), requestClass);
      for (int number = 0; number < settings.places(requestClass); number++) {
        slots.add(
            new Slot(
                number,
                requestClass,
                topic,
                () -> consumers.apply(requestClass),
                gate,
                health,
                epochs::forget,
                handler));
      }
    }
    return slots;
  }

  @Override
  Backlog backlog() {
    return backlog;
  }

  @Override
  LeaderEpochs epochs() {
    return epochs;
  }
}
