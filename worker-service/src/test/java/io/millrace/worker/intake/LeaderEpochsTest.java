package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

final class LeaderEpochsTest {
  private int now = 3;
  private int asked;
  private boolean newsComesMeanwhile;
  private final LeaderEpochs epochs = new LeaderEpochs(this::ask);

  private Optional<Integer> ask(TopicPartition partition) {
    asked++;
    if (newsComesMeanwhile) {
      epochs.forget();
    }
    return Optional.of(now);
  }

  @Test
  void changesSince_areCountedFromTheRecordsOwnEpoch() {
    assertThat(epochs.changesSince(record(1))).isEqualTo(2);
    assertThat(epochs.changesSince(record(3))).isZero();
    // What was written to a leader that the cluster has not told of.
    assertThat(epochs.changesSince(record(4))).isZero();
  }

  @Test
  void cluster_isAskedOnceAndAgainAfterNews() {
    epochs.changesSince(record(3));
    epochs.changesSince(record(3));
    assertThat(asked).isEqualTo(1);

    now = 4;
    epochs.forget();

    assertThat(epochs.changesSince(record(3))).isEqualTo(1);
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void recordOfANewerLeader_isNews() {
    epochs.changesSince(record(3));
    now = 5;
    assertThat(epochs.changesSince(record(5))).isZero();
    assertThat(epochs.changesSince(record(3))).isEqualTo(2);
    assertThat(asked).isEqualTo(2);
  }

  @Test
  void answerThatMayBeOlderThanTheNews_isNotKept() {
    newsComesMeanwhile = true;
    epochs.changesSince(record(3));
    newsComesMeanwhile = false;
    now = 4;

    assertThat(epochs.changesSince(record(3))).isEqualTo(1);
  }

  @Test
  void recordThatDoesNotTellItsEpoch_hasSeenNoChange() {
    assertThat(epochs.changesSince(record(null))).isZero();
    assertThat(asked).isZero();
  }

  private static ConsumerRecord<String, byte[]> record(Integer epoch) {
    return new ConsumerRecord<>(
        "requests",
        0,
        0,
        0,
        TimestampType.CREATE_TIME,
        0,
        0,
        null,
        new byte[0],
        new RecordHeaders(),
        Optional.ofNullable(epoch));
  }
}
