package io.millrace.api.dispatch;

import io.millrace.protocol.RequestClass;
import io.millrace.protocol.TopicNames.RequestTopic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * The chooser of a topic for each request to a model that is spread over several: of those that all
 * of its workers read, the one with the least backlog. That is known as of the last look, so what
 * was sent since counts as well.
 */
public final class TopicChooser {
  private final ToIntFunction<String> requestTopics;
  private final ToLongFunction<RequestTopic> backlog;
  private final LongSupplier looks;

  // Guarded by this.
  private final Map<RequestTopic, Long> sent = new HashMap<>();
  private long looksBefore;
  private int turn;

  /**
   * @param requestTopics how many topics of each class all workers of a model read
   * @param backlog requests of a topic that were not finished at the last look
   * @param looks how often was looked
   */
  TopicChooser(
      ToIntFunction<String> requestTopics,
      ToLongFunction<RequestTopic> backlog,
      LongSupplier looks) {
    this.requestTopics = requestTopics;
    this.backlog = backlog;
    this.looks = looks;
  }

  /** One that knows backlogs from a broker. */
  public TopicChooser(ToIntFunction<String> requestTopics, BrokerHealth broker) {
    this(requestTopics, broker::backlog, broker::looks);
  }

  /** The topic for the next request. */
  RequestTopic next(String model, RequestClass requestClass) {
    int count = requestTopics.applyAsInt(model);
    return count == 1
        ? RequestTopic.of(model, requestClass)
        : least(RequestTopic.of(model, requestClass, count));
  }

  private synchronized RequestTopic least(List<RequestTopic> topics) {
    long now = looks.getAsLong();
    if (now != looksBefore) {
      looksBefore = now;
      sent.clear();
    }
    // Of several that are alike each has its turn, also right after a look.
    int first = turn++ & Integer.MAX_VALUE;
    RequestTopic least = topics.get(first % topics.size());
    for (int i = 1; i < topics.size(); i++) {
      RequestTopic other = topics.get((first + i) % topics.size());
      least = load(other) < load(least) ? other : least;
    }
    sent.merge(least, 1L, Long::sum);
    return least;
  }

  private long load(RequestTopic topic) {
    return backlog.applyAsLong(topic) + sent.getOrDefault(topic, 0L);
  }
}
