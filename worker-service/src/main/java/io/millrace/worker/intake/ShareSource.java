package io.millrace.worker.intake;

import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ShareConsumer;

/**
 * Requests from share groups: a {@link Slot} for each that may be answered at once. Where they are
 * spread over several topics, each of these has its part of the slots, and at least one.
 */
public final class ShareSource extends RequestSource {
  private final Function<RequestTopic, ShareConsumer<String, byte[]>> consumers;
  private final Backlog backlog;
  private final LeaderEpochs epochs;
  private final int deliveryLimit;

  /**
   * @param consumers makes a consumer of a topic's share group
   * @param deliveryLimit of these groups
   */
  public ShareSource(
      Function<RequestTopic, ShareConsumer<String, byte[]>> consumers,
      Backlog backlog,
      LeaderEpochs epochs,
      int deliveryLimit) {
    this.consumers = consumers;
    this.backlog = backlog;
    this.epochs = epochs;
    this.deliveryLimit = deliveryLimit;
  }

  @Override
  List<RequestTaker> takers(
      IntakeSettings settings,
      PollGate gate,
      SlotHealth health,
      Function<Delivery, LeasedTask> handler) {
    List<RequestTaker> slots = new ArrayList<>();
    for (RequestClass requestClass : RequestClass.values()) {
      List<RequestTopic> topics =
          RequestTopic.of(settings.model(), requestClass, settings.requestTopics());
      int places = Math.max(settings.places(requestClass), topics.size());
      for (int number = 0; number < places; number++) {
        RequestTopic topic = topics.get(number % topics.size());
        slots.add(
            new Slot(
                number,
                requestClass,
                settings.topics().requests(topic),
                () -> consumers.apply(topic),
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

  /** The last delivery before Kafka's last one answers that it is given up. */
  @Override
  int maxDeliveries() {
    return deliveryLimit - 1;
  }

  @Override
  LeaderEpochs epochs() {
    return epochs;
  }
}
