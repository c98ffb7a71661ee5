package io.millrace.worker;

import io.millrace.kafka.Admins;
import io.millrace.kafka.ClusterNews;
import io.millrace.kafka.KafkaCluster;
import io.millrace.kafka.ShareGroups;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.kafka.WorkerGroups;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames.RequestTopic;
import io.millrace.worker.intake.Backlog;
import io.millrace.worker.intake.ClassicSource;
import io.millrace.worker.intake.LeaderEpochs;
import io.millrace.worker.intake.RequestSource;
import io.millrace.worker.intake.ShareSource;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * The way to the requests of one model, by the type of groups that its workers form.
 *
 * @param admin asks for backlogs; stays its owner's to close
 * @param requestTopics over how many topics of each class the requests are spread
 * @param worker this worker's name
 * @param workers all that live
 */
record RequestSources(
    KafkaCluster cluster,
    WorkerGroups groups,
    Admin admin,
    String model,
    int requestTopics,
    String worker,
    WorkerDirectory workers) {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** The source that the groups make. */
  RequestSource source() {
    return groups.match(this::shareSource, classic -> classicSource());
  }

  private RequestSource shareSource(ShareGroups share) {
    var epochs = new LeaderEpochs(partition -> Admins.leaderEpoch(admin, partition, PATIENCE));
    return new ShareSource(
        topic ->
            new KafkaShareConsumer<>(
                cluster.shareConsumer(groups.id(topic), worker),
                new StringDeserializer(),
                new ClusterNews(epochs::forget)),
        new SharedBacklog(),
        epochs,
        topics().mapToInt(topic -> share.deliveryLimit(admin, topic)).min().orElseThrow());
  }

  private RequestSource classicSource() {
    return new ClassicSource(
        requestClass ->
            new KafkaConsumer<>(
                cluster.groupConsumer(groups.id(RequestTopic.of(model, requestClass)), worker)),
        requestClass -> groups.partitions(admin, RequestTopic.of(model, requestClass), PATIENCE));
  }

  private Stream<RequestTopic> topics() {
    return Arrays.stream(RequestClass.values())
        .flatMap(requestClass -> RequestTopic.of(model, requestClass, requestTopics).stream());
  }

  /** The backlog of all topics, each request of which any worker may take. */
  private final class SharedBacklog implements Backlog {
    @Override
    public long of(RequestClass requestClass) {
      return RequestTopic.of(model, requestClass, requestTopics).stream()
          .mapToLong(topic -> groups.backlog(admin, topic, PATIENCE))
          .sum();
    }

    @Override
    public int heldByOthers(RequestClass requestClass) {
      return workers.heldByOthers(model, worker, requestClass);
    }

    @Override
    public int heldByOthers() {
      return workers.heldByOthers(model, worker);
    }
  }
}
