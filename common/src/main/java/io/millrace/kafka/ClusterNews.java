package io.millrace.kafka;

import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The deserializer of a client that is to say when it hears of the cluster, such as of a new leader
 * of a partition: Kafka tells that to its deserializers alone.
 */
public final class ClusterNews extends ByteArrayDeserializer implements ClusterResourceListener {
  private final Runnable heard;

  /**
   * @param heard told on the client's thread, so it must not wait
   */
  public ClusterNews(Runnable heard) {
    this.heard = heard;
  }

  @Override
  public void onUpdate(ClusterResource cluster) {
    heard.run();
  }
}
