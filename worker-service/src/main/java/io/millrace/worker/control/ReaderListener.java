package io.millrace.worker.control;

import io.millrace.kafka.TopicReader;
import io.millrace.protocol.ReaderState;
import io.millrace.protocol.Wire;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A listener to the workers topic, which enters what readers say, and how often this worker does.
 * Of what was there before the worker, only that a reader has left is news: others count from when
 * they are first met, and an earlier worker of the same name is another.
 *
 * @param worker the name of this one
 */
public record ReaderListener(String worker, ReaderDirectory readers)
    implements TopicReader.Listener {
  @Override
  public void take(ConsumerRecord<String, byte[]> record, boolean live) {
    Optional<String> reader = ReaderState.readerOf(record.key());
    boolean lives = record.value() != null;
    if (reader.isPresent() && !lives) {
      readers.left(reader.get());
    } else if (reader.isPresent() && live) {
      ReaderState state = Wire.decodeReaderState(record.value());
      readers.heard(reader.get(), Duration.ofMillis(state.resumeMillis()));
    } else if (live && lives && worker.equals(record.key())) {
      readers.announced();
    }
  }
}
