package io.millrace.api.workers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.kafka.ModelDirectory;
import io.millrace.kafka.WorkerDirectory;
import io.millrace.kafka.WorkerListener;
import io.millrace.kafka.WorkerLoad;
import io.millrace.protocol.ModelState;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.TokenizeParams;
import io.millrace.protocol.Wire;
import io.millrace.protocol.WorkerState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WorkerDirectoryTest {
  private Instant now = Instant.parse("2026-01-31T12:00:00Z");
  private final WorkerDirectory directory = new WorkerDirectory(() -> now);
  private final ModelDirectory known = new ModelDirectory(Duration.ofDays(7), () -> now);
  private final WorkerListener listener = new WorkerListener(directory, known, () -> now);
  private final ServedModels models = new ServedModels("tiny", "org/tiny", 3, directory, known);

  @Test
  void worker_livesFifteenSecondsAfterItsLastWord() {
    listener.take(record("a", state("a", "tiny", 8), now), true);
    now = now.plusSeconds(15);
    assertThat(directory.anyAlive()).isTrue();
    now = now.plusMillis(1);
    assertThat(directory.anyAlive()).isFalse();
  }

  @Test
  void workerWithAWrongClock_livesWhileItSpeaks() {
    listener.take(record("a", state("a", "tiny", 8), now.minusSeconds(3600)), true);
    assertThat(directory.anyAlive()).isTrue();
  }

  @Test
  void recordFromBefore_isAsOldAsItSays() {
    listener.take(record("a", state("a", "tiny", 8), now.minusSeconds(60)), false);
    assertThat(directory.anyAlive()).isFalse();
    listener.take(record("b", state("b", "tiny", 8), now.minusSeconds(5)), false);
    assertThat(directory.anyAlive()).isTrue();
  }

  @Test
  void workerThatLeft_isGone() {
    listener.take(record("a", state("a", "tiny", 8), now), true);
    listener.take(record("a", null, now), true);
    assertThat(directory.alive()).isEmpty();
  }

  @Test
  void models_areTheConfiguredOneAndThoseOfWorkers() {
    listener.take(record("a", state("a", "other", 8), now), true);
    assertThat(models.names()).containsExactly("other", "tiny");
    assertThat(models.resolve("other")).isEqualTo("other");
    assertThat(models.resolve(null)).isEqualTo("tiny");
  }

  @Test
  void modelWhoseWorkersAreGone_isKnownForItsRetention() {
    listener.take(record("a", state("a", "gone", 8), now), true);
    listener.take(record("b", state("b", "there", 8), now), true);
    listener.take(record("a", null, now), true);

    assertThat(models.isServed("gone")).isFalse();
    assertThat(models.resolve("gone")).isEqualTo("gone");
    assertThat(models.maxInputLen("gone")).isEqualTo(8);
    assertThat(models.lastSeen("gone")).isEqualTo(now);
    assertThat(models.names()).containsExactly("there", "gone", "tiny");

    now = now.plus(Duration.ofDays(7)).plusMillis(1);
    assertThatThrownBy(() -> models.resolve("gone"))
        .hasMessage("the model \"gone\" is not served; served are: tiny");
    assertThat(models.names()).containsExactly("tiny");
  }

  @Test
  void modelThatWasServedBeforeTheStart_isKnownByItsRecord() {
    listener.take(model("old", 2, now.minus(Duration.ofDays(6))), false);
    listener.take(model("older", 2, now.minus(Duration.ofDays(8))), false);

    assertThat(models.resolve("old")).isEqualTo("old");
    assertThat(models.readTopics("old")).isEqualTo(2);
    assertThatThrownBy(() -> models.resolve("older")).hasMessageContaining("is not served");
  }

  @Test
  void modelWhoseRecordIsDeleted_isForgotten() {
    listener.take(model("old", 1, now), false);
    listener.take(new ConsumerRecord<>("workers", 0, 1, ModelState.key("old"), null), true);

    assertThatThrownBy(() -> models.resolve("old")).hasMessageContaining("is not served");
  }

  @Test
  void requests_areSpreadOverTheTopicsThatAllWorkersRead() {
    assertThat(models.readTopics("tiny")).isEqualTo(3);
    assertThat(models.readTopics("other")).isEqualTo(1);

    listener.take(record("a", state("a", "tiny", 8), now), true);
    listener.take(model("tiny", 4, now), true);
    assertThat(models.readTopics("tiny")).isEqualTo(1);
    assertThat(models.knownTopics("tiny")).isEqualTo(4);

    listener.take(record("a", null, now), true);
    assertThat(models.readTopics("tiny")).isEqualTo(4);
  }

  @Test
  void tokenIds_areMeasuredByTheLargestWorker() {
    Prompt prompt = new Prompt.Tokens(List.of(1, 2, 3, 4));
    models.refuseTooLong("tiny", prompt, TokenizeParams.USUAL);
    listener.take(record("a", state("a", "tiny", 2), now), true);
    listener.take(record("b", state("b", "tiny", 3), now), true);
    listener.take(record("c", state("c", "other", 9), now), true);
    assertThatThrownBy(() -> models.refuseTooLong("tiny", prompt, TokenizeParams.USUAL))
        .hasMessage("prompt may have at most 3 tokens, but has 4");
    models.refuseTooLong("tiny", new Prompt.Tokens(List.of(1, 2, 3)), TokenizeParams.USUAL);
    models.refuseTooLong("tiny", prompt, new TokenizeParams(3, null));
    models.refuseTooLong("tiny", new Prompt.Text("a text of any length"), TokenizeParams.USUAL);
  }

  @Test
  void rate_isOfAllSlots_byTheTimeThatRequestsHaveOne() {
    assertThat(directory.completionsPerSecond("tiny")).isEmpty();
    listener.take(record("a", busy("a", 4, 10, 20_000), now), true);
    assertThat(directory.completionsPerSecond("tiny")).hasValue(2);

    // One of which nothing is known counts as the other does.
    listener.take(record("b", busy("b", 2, 0, 5_000), now), true);
    assertThat(directory.completionsPerSecond("tiny")).hasValue(3);
    assertThat(directory.completionsPerSecond("other")).isEmpty();
    assertThat(directory.load("tiny")).isEqualTo(new WorkerLoad(6, 2, now));
  }

  @Test
  void rate_followsWhatRequestsTakeNow_alsoOfAWorkerThatBeganAnew() {
    listener.take(record("a", busy("a", 1, 10, 10_000), now), true);
    listener.take(record("a", busy("a", 1, 1010, 2_010_000), now), true);
    assertThat(directory.completionsPerSecond("tiny").orElseThrow())
        .isCloseTo(0.5, Offset.offset(0.01));

    listener.take(record("a", busy("a", 1, 10, 10_000), now), true);
    assertThat(directory.completionsPerSecond("tiny")).hasValue(1);
  }

  private static WorkerState busy(String worker, int slots, long ended, long heldMillis) {
    return new WorkerState(
        worker, "tiny", slots, 1, 0, 0, "cpu", 9, 9, 0, ended, heldMillis, 1, Instant.EPOCH);
  }

  private static WorkerState state(String worker, String model, int maxInputLen) {
    return new WorkerState(worker, model, 4, 0, 0, "cpu", maxInputLen, 8, 0, Instant.EPOCH);
  }

  private static ConsumerRecord<String, byte[]> model(String name, int topics, Instant at) {
    byte[] value = Wire.encode(new ModelState(name, 8, 8, topics, at));
    return keyed(ModelState.key(name), value, at);
  }

  private static ConsumerRecord<String, byte[]> record(
      String worker, @Nullable WorkerState state, Instant at) {
    return keyed(worker, state == null ? null : Wire.encode(state), at);
  }

  private static ConsumerRecord<String, byte[]> keyed(
      String key, byte @Nullable [] value, Instant at) {
    return new ConsumerRecord<>(
        "workers",
        0,
        0,
        at.toEpochMilli(),
        TimestampType.CREATE_TIME,
        0,
        0,
        key,
        value,
        new RecordHeaders(),
        Optional.empty());
  }
}
