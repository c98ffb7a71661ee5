package io.millrace.api.results;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.JobRecord;
import io.millrace.protocol.JobStatus;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.RequestClass;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class JobIndexTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  private final JobIndex index =
      new JobIndex(3, Duration.ofDays(1), InstantSource.fixed(NOW.plusSeconds(10)));

  @Test
  void endOfTheHigherAttempt_counts_inWhicheverOrderTheyAreRead() {
    read(job("a", 0, null));
    read(state("a", JobStatus.SUCCEEDED, 2, 40));
    read(state("a", JobStatus.FAILED, 1, 40));
    assertThat(entry("a").status(NOW)).isEqualTo(JobStatus.SUCCEEDED);

    // What an api says of a cancel is attempt 0, and what a worker says holds instead.
    read(state("a", JobStatus.CANCELLED, 0, 40));
    assertThat(entry("a").status(NOW)).isEqualTo(JobStatus.SUCCEEDED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endOfAnAttempt_afterWhichAnotherHasBegun_isNone(boolean endIsReadFirst) {
    JobRecord.State end = state("a", JobStatus.SUCCEEDED, 3, 40);
    JobRecord.State begun = state("a", JobStatus.RUNNING, 5, 60);
    read(job("a", 0, null));
    read(endIsReadFirst ? end : begun);
    read(endIsReadFirst ? begun : end);
    assertThat(entry("a").status(NOW)).isEqualTo(JobStatus.RUNNING);

    read(state("a", JobStatus.SUCCEEDED, 6, 70));
    assertThat(entry("a").status(NOW)).isEqualTo(JobStatus.SUCCEEDED);
    assertThat(entry("a").first()).isEqualTo(new RecordPlace("events", 0, 40));
  }

  @Test
  void cancel_holdsForWhatNoWorkerHasEnded() {
    read(job("a", 0, null));
    read(state("a", JobStatus.RUNNING, 1, 40));
    read(state("a", JobStatus.CANCELLED, 0, 40));

    assertThat(entry("a").status(NOW)).isEqualTo(JobStatus.CANCELLED);
  }

  @Test
  void stateThatIsReadBeforeItsJob_counts() {
    read(state("a", JobStatus.RUNNING, 1, 40));
    read(job("a", 0, null));

    assertThat(entry("a").status(NOW)).isEqualTo(JobStatus.RUNNING);
  }

  @Test
  void jobThatHasNotEndedAfterItsDeadline_isExpired() {
    read(job("a", 0, null));

    assertThat(entry("a").status(NOW.plusSeconds(60))).isEqualTo(JobStatus.QUEUED);
    assertThat(entry("a").status(NOW.plusSeconds(64))).isEqualTo(JobStatus.EXPIRED);
  }

  @Test
  void firstJobUnderAKey_counts() {
    JobRecord.Submitted second = job("b", 1, "k");
    index.stored(second, new RecordPlace("results", 0, 1));
    read(job("a", 0, "k"));
    read(second);

    assertThat(index.findByKey("k").map(JobEntry::id)).contains("a");
    assertThat(index.find("b")).isEmpty();

    index.remove("a");
    assertThat(index.findByKey("k")).isEmpty();
  }

  @Test
  void fullIndex_forgetsTheOldestThatHaveEnded() {
    for (int i = 0; i < 3; i++) {
      read(job("j" + i, i, null));
    }
    assertThat(index.isFull()).isTrue();
    read(state("j1", JobStatus.SUCCEEDED, 1, 40));
    assertThat(index.isFull()).isFalse();
    read(job("j3", 3, null));

    assertThat(ids(index.list(any -> true, null, 9))).containsExactly("j3", "j2", "j0");
  }

  @Test
  void jobsBeyondTheRetention_areForgotten() {
    JobRecord.Submitted old = job("old", -2 * 86_400, null);
    read(old);

    assertThat(index.find("old")).isEmpty();
  }

  @Test
  void list_goesOnAfterAJob() {
    for (int i = 0; i < 3; i++) {
      read(job("j" + i, i, null));
    }

    assertThat(ids(index.list(any -> true, entry("j2"), 1))).containsExactly("j1");
    assertThat(ids(index.list(any -> true, entry("j0"), 1))).isEmpty();
  }

  @Test
  void firstClaimOfACallback_countsUntilItsTimeHasPassed() {
    read(job("a", 0, null));
    read(claim("one", 0));
    read(claim("two", 5));
    assertThat(entry("a").callback().by()).isEqualTo("one");

    read(claim("two", 61));
    assertThat(entry("a").callback().by()).isEqualTo("two");
    read(new JobRecord.Callback("a", "two", true, 1, NOW.plusSeconds(62), null));
    read(claim("one", 999));
    assertThat(entry("a").callback().done()).isTrue();
  }

  @Test
  void waiter_hearsOfWhatItWaitsFor() {
    List<JobStatus> heard = new ArrayList<>();
    index.await("a", JobEntry::isEnded).subscribe(entry -> heard.add(entry.status(NOW)));
    read(job("a", 0, null));
    read(state("a", JobStatus.RUNNING, 1, 40));
    assertThat(heard).isEmpty();
    read(state("a", JobStatus.FAILED, 1, 40));
    read(state("a", JobStatus.FAILED, 2, 40));

    assertThat(heard).containsExactly(JobStatus.FAILED);
    index.await("a", any -> true).subscribe(entry -> heard.add(entry.status(NOW)));
    assertThat(heard).hasSize(2);
  }

  private void read(JobRecord said) {
    index.read(said, new RecordPlace("results", 0, 1));
  }

  private JobEntry entry(String id) {
    return index.find(id).orElseThrow();
  }

  private static List<String> ids(List<JobEntry> entries) {
    return entries.stream().map(JobEntry::id).toList();
  }

  private static JobRecord.Submitted job(String id, int secondsLater, String key) {
    Instant created = NOW.plusSeconds(secondsLater);
    return new JobRecord.Submitted(
        id,
        "/v1/completions",
        "m",
        JsonMapper.shared().createObjectNode(),
        RequestClass.INTERACTIVE,
        created,
        created.plusSeconds(60),
        ReplyAddress.ofJob("events", 0),
        null,
        null,
        key,
        key == null ? null : "f",
        null);
  }

  private static JobRecord.State state(String id, JobStatus status, int attempt, long first) {
    RecordPlace place = attempt == 0 ? null : new RecordPlace("events", 0, first);
    return new JobRecord.State(id, status, attempt, NOW, NOW, null, "w", place, null, null, null);
  }

  private static JobRecord.Callback claim(String by, int secondsLater) {
    Instant at = NOW.plusSeconds(secondsLater);
    return new JobRecord.Callback("a", by, false, 0, at, at.plusSeconds(60));
  }
}
