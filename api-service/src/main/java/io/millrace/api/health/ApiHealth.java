package io.millrace.api.health;

import io.millrace.actuator.Health;
import io.millrace.actuator.ProcessHealth;
import io.millrace.api.dispatch.BrokerHealth;
import io.millrace.kafka.TopicReader;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * The health of an api. A process that is alive answers at all; one that is ready can take requests
 * and hear the replies. It needs the broker for that but no worker: the queue waits for those.
 */
@Component
final class ApiHealth implements ProcessHealth {
  private final BrokerHealth broker;
  private final List<TopicReader> readers;

  ApiHealth(BrokerHealth broker, List<TopicReader> readers) {
    this.broker = broker;
    this.readers = readers;
  }

  @Override
  public Health liveness() {
    return new Health();
  }

  @Override
  public Health readiness() {
    boolean reachable = broker.reachable();
    boolean reading = readers.stream().allMatch(TopicReader::isRunning);
    return new Health(
        new Health.Component("broker", reachable, reachable ? "answers" : "does not answer"),
        new Health.Component("replies", reading, reading ? "are read" : "are not read"));
  }
}
