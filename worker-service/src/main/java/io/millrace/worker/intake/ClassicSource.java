package io.millrace.worker.intake;

import io.millrace.kafka.PartitionBacklog;
import io.millrace.protocol.RequestClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Requests from classic consumer groups: a {@link GroupMember} for each class. */
public final class ClassicSource extends RequestSource {
  private static final int MAX_DELIVERIES = 9;

  private final Function<RequestClass, Consumer<String, byte[]>> consumers;
  private final Function<RequestClass, Map<TopicPartition, PartitionBacklog>> partitions;
  private final Map<RequestClass, GroupMember> members = new ConcurrentHashMap<>();

  /**
   * @param consumers makes a consumer of a class's group
   * @param partitions asks for the backlog of a class, by partition
   */
  public ClassicSource(
      Function<RequestClass, Consumer<String, byte[]>> consumers,
      Function<RequestClass, Map<TopicPartition, PartitionBacklog>> partitions) {
    this.consumers = consumers;
    this.partitions = partitions;
  }

  @Override
  List<RequestTaker> takers(
      IntakeSettings settings,
      PollGate gate,
      SlotHealth health,
      Function<Delivery, LeasedTask> handler) {
    for (RequestClass requestClass : RequestClass.values()) {
      String topic = settings.topics().requests(settings.model(), requestClass);
      GroupMember member =
          new GroupMember(
              requestClass, topic, () -> consumers.apply(requestClass), gate, health, handler);
      members.put(requestClass, member);
    }
    return new ArrayList<>(members.values());
  }

  /** Only what lies in the partitions of this worker: what is in others', it cannot take. */
  @Override
  Backlog backlog() {
    return new Backlog() {
      @Override
      public long of(RequestClass requestClass) {
        var own = Objects.requireNonNull(members.get(requestClass)).partitions();
        return partitions.apply(requestClass).entrySet().stream()
            .filter(entry -> own.contains(entry.getKey()))
            .mapToLong(entry -> entry.getValue().unfinished())
            .sum();
      }

      @Override
      public int heldByOthers(RequestClass requestClass) {
        return 0;
      }

      @Override
      public int heldByOthers() {
        return 0;
      }
    };
  }

  @Override
  int maxDeliveries() {
    return MAX_DELIVERIES;
  }

  /** Deliveries are counted in what is committed, and are not forgotten. */
  @Override
  LeaderEpochs epochs() {
    return new LeaderEpochs(partition -> Optional.empty());
  }
}
