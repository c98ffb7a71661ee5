package io.millrace.worker.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ReaderState;
import io.millrace.protocol.Wire;
import io.millrace.protocol.WorkerState;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which readers a worker takes for gone, by the order of records on the workers topic. */
final class ReaderDirectoryTest {
  private static final String WORKER = "w";

  private final ReaderDirectory readers = new ReaderDirectory();
  private final ReaderListener listener = new ReaderListener(WORKER, readers);

  @Test
  void reader_isGoneAfterSoManyOfOurAnnouncements() {
    says("api", true);
    announces(ReaderDirectory.SILENCE - 1);
    assertThat(readers.isGone("api")).isFalse();
    announces(1);
    assertThat(readers.isGone("api")).isTrue();
  }

  @Test
  void reader_thatSpeaks_lives() {
    for (int i = 0; i < 10; i++) {
      says("api", true);
      announces(ReaderDirectory.SILENCE - 1);
      assertThat(readers.isGone("api")).isFalse();
    }
  }

  @Test
  void reader_thatSpeaksAgain_isBack() {
    says("api", true);
    announces(ReaderDirectory.SILENCE);
    assertThat(readers.isGone("api")).isTrue();
    says("api", true);
    assertThat(readers.isGone("api")).isFalse();
  }

  @Test
  void reader_thatLeaves_isGoneAfterItsResumeTimeout_evenBeforeTheWorkerCame() {
    says("api", true);
    leaves("api", true);
    leaves("earlier", false);
    announces(2);
    assertThat(readers.isGone("api")).isFalse();
    assertThat(readers.isGone("earlier")).isFalse();
    announces(1);
    assertThat(readers.isGone("api")).isTrue();
    assertThat(readers.isGone("earlier")).isTrue();
    announces(3);
    assertThat(readers.isGone("api")).isTrue();
  }

  @Test
  void reader_whoseAnswersNobodyResumes_isGoneWhenItLeaves() {
    says("api", 0, true);
    leaves("api", true);
    assertThat(readers.isGone("api")).isTrue();
  }

  @Test
  void reader_whoseAnswersWaitLong_isGoneNoSooner() {
    int minute = 21;
    says("api", 60_000, true);
    announces(minute - 1);
    assertThat(readers.isGone("api")).isFalse();
    leaves("api", true);
    announces(minute - 1);
    assertThat(readers.isGone("api")).isFalse();
    announces(1);
    assertThat(readers.isGone("api")).isTrue();
  }

  @Test
  void reader_neverHeardOf_countsFromTheFirstTimeItIsMet() {
    announces(100);
    assertThat(readers.isGone("stranger")).isFalse();
    announces(ReaderDirectory.SILENCE - 1);
    assertThat(readers.isGone("stranger")).isFalse();
    announces(1);
    assertThat(readers.isGone("stranger")).isTrue();
  }

  @Test
  void topicThatIsNotWritten_makesNobodyOlder() {
    says("api", true);
    announces(ReaderDirectory.SILENCE - 2);
    // An outage, after which the worker is the first to be heard.
    announces(1);
    says("api", true);
    announces(ReaderDirectory.SILENCE - 1);
    assertThat(readers.isGone("api")).isFalse();
  }

  @Test
  void othersAnnouncements_andThoseFromBefore_countForNothing() {
    says("api", true);
    for (int i = 0; i < 10; i++) {
      take("other", worker("other"), true);
      take(WORKER, worker(WORKER), false);
      take(WORKER, null, true);
      take(null, worker(WORKER), true);
    }
    assertThat(readers.isGone("api")).isFalse();
  }

  @Test
  void wordOfAReader_fromBefore_isNoNews() {
    assertThat(readers.isGone("api")).isFalse();
    announces(ReaderDirectory.SILENCE);
    says("api", false);
    assertThat(readers.isGone("api")).isTrue();
  }

  private void says(String reader, boolean live) {
    says(reader, 5_000, live);
  }

  private void says(String reader, long resumeMillis, boolean live) {
    ReaderState state = new ReaderState(reader, Instant.EPOCH, resumeMillis);
    take(ReaderState.key(reader), Wire.encode(state), live);
  }

  private void leaves(String reader, boolean live) {
    take(ReaderState.key(reader), null, live);
  }

  private void announces(int times) {
    for (int i = 0; i < times; i++) {
      take(WORKER, worker(WORKER), true);
    }
  }

  private static byte[] worker(String name) {
    return Wire.encode(new WorkerState(name, "m", 1, 0, 0, "cpu", 1, 1, 0, Instant.EPOCH));
  }

  private void take(@Nullable String key, byte @Nullable [] value, boolean live) {
    listener.take(new ConsumerRecord<>("workers", 0, 0, key, value), live);
  }
}
