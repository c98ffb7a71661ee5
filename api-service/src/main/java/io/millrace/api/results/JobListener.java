package io.millrace.api.results;

import io.millrace.kafka.TopicReader;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Wire;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A listener to the results topic, which keeps an index of it. */
public record JobListener(JobIndex index) implements TopicReader.Listener {
  @Override
  public void take(ConsumerRecord<String, byte[]> record, boolean live) {
    if (record.value() == null) {
      index.remove(record.key());
      return;
    }
    index.read(
        Wire.decodeJob(record.value()),
        new RecordPlace(record.topic().intern(), record.partition(), record.offset()));
  }
}
