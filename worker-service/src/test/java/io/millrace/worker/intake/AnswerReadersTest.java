package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.protocol.ControlMessage;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.StopCriteria;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AnswerReadersTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private final Set<String> gone = new HashSet<>();
  private final AnswerReaders readers = new AnswerReaders(gone::contains);

  @Test
  void answerWithoutAReader_isAlwaysWanted() {
    gone.add("first");
    assertThat(haveLeft("first")).isTrue();
    assertThat(haveLeft(null)).isFalse();
  }

  @Test
  void answerThatIsResumed_isWantedAsLongAsItsNewReaderLives() {
    gone.add("first");
    readers.resumed(new ControlMessage.Resume("a", "second", true), NOW);
    assertThat(haveLeft("first")).isFalse();
    gone.add("second");
    assertThat(haveLeft("first")).isTrue();
    readers.resumed(new ControlMessage.Resume("a", "third", true), NOW);
    assertThat(haveLeft("first")).isFalse();
  }

  @Test
  void answerWhoseNewReaderIsNotAnnounced_isAlwaysWanted() {
    gone.addAll(Set.of("first", "second"));
    readers.resumed(new ControlMessage.Resume("a", "second", false), NOW);
    assertThat(haveLeft("first")).isFalse();
  }

  @Test
  void idThatIsUsedAgain_isOfAnotherRequest() {
    gone.add("first");
    readers.resumed(new ControlMessage.Resume("a", "second", true), NOW.minusMillis(1));
    assertThat(haveLeft("first")).isTrue();
  }

  @Test
  void cancel_countsUnlessItIsOfAnEarlierReader() {
    ControlMessage.Cancel first = new ControlMessage.Cancel("a", "left", "first");
    assertThat(readers.isPassedOn(first)).isFalse();
    readers.resumed(new ControlMessage.Resume("a", "second", true), NOW);
    assertThat(readers.isPassedOn(first)).isTrue();
    assertThat(readers.isPassedOn(new ControlMessage.Cancel("a", "left", "second"))).isFalse();
    assertThat(readers.isPassedOn(new ControlMessage.Cancel("a", "not wanted"))).isFalse();
    assertThat(readers.isPassedOn(new ControlMessage.Cancel("b", "left", "first"))).isFalse();
  }

  private boolean haveLeft(@Nullable String reader) {
    return readers.haveLeft(request(reader), NOW);
  }

  private static GenerationRequest request(@Nullable String reader) {
    return new GenerationRequest(
        "a",
        "m",
        new Prompt.Text("x"),
        SamplingParams.NONE,
        StopCriteria.MODEL_DEFAULTS,
        true,
        NOW,
        null,
        new ReplyAddress("replies", 1, reader));
  }
}
