package io.millrace.worker.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.protocol.AnswerPiece;
import io.millrace.protocol.FailureKind;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.JobRecord;
import io.millrace.protocol.JobStatus;
import io.millrace.protocol.PriorOutput;
import io.millrace.protocol.RecordPlace;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
import io.millrace.protocol.Wire;
import io.millrace.worker.reply.PriorReplies;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.junit.jupiter.api.Test;

/** What is taken down of requests whose answers are kept. */
final class JobStateTest extends RequestHandlerFixture {
  private static final RecordPlace EARLIER = new RecordPlace("replies", 0, 77);

  @Test
  void job_runsAndThenHasSucceeded() {
    LeasedTask task = handler.handle(job(1, ""));
    engine.say(finished(1));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(states())
        .containsExactly(
            new JobRecord.State(
                "a", JobStatus.RUNNING, 1, NOW, NOW, null, "w1", reply(0), null, null, null),
            new JobRecord.State(
                "a",
                JobStatus.SUCCEEDED,
                1,
                NOW,
                NOW,
                null,
                "w1",
                reply(0),
                reply(1),
                new Usage(1, 1),
                null));
  }

  @Test
  void jobThatIsRefused_hasEnded() {
    handler.handle(job(1, ",\"deadline\":\"2020-01-01T00:00:00Z\"")).outcome().join();

    assertThat(states())
        .singleElement()
        .satisfies(
            state -> {
              assertThat(state.status()).isEqualTo(JobStatus.EXPIRED);
              assertThat(state.error().kind()).isEqualTo(FailureKind.DEADLINE);
              assertThat(state.first()).isEqualTo(reply(0)).isEqualTo(state.last());
            });
  }

  @Test
  void jobThatCannotBeRead_hasFailed() {
    handler.handle(job(1, ",\"temperature\":\"warm\"")).outcome().join();

    assertThat(states()).extracting(JobRecord.State::status).containsExactly(JobStatus.FAILED);
  }

  @Test
  void jobThatAnotherWorkerBegan_isToldFromItsFirstReplyOn() {
    priorFirst = EARLIER;
    prior =
        new PriorOutput(1, false, Map.of(0, new PriorOutput.Choice(List.of(7), null)), Set.of());
    LeasedTask task = handler.handle(job(2, ""));
    engine.say(finished(2));
    task.outcome().join();

    assertThat(states())
        .filteredOn(state -> state.status() == JobStatus.SUCCEEDED)
        .extracting(JobRecord.State::attempt, JobRecord.State::first)
        .containsExactly(tuple(2, EARLIER));
  }

  @Test
  void jobThatAnotherWorkerEnded_hasItsEndSaidAgain() {
    priorFirst = EARLIER;
    priorEnd = new PriorReplies.StoredReply(finished(1), new RecordPlace("replies", 0, 78));
    prior = new PriorOutput(1, true, Map.of(), Set.of());
    LeasedTask task = handler.handle(job(2, ""));

    assertThat(task.outcome().join()).isEqualTo(AcknowledgeType.ACCEPT);
    assertThat(engine.submitted).isEmpty();
    assertThat(states())
        .contains(
            new JobRecord.State(
                "a",
                JobStatus.SUCCEEDED,
                2,
                NOW,
                NOW,
                null,
                "w1",
                EARLIER,
                new RecordPlace("replies", 0, 78),
                new Usage(1, 1),
                null));
  }

  @Test
  void otherRequests_leaveNoStates() {
    handler.handle(record(0, 1, "\"id\":\"a\",\"prompt\":\"hi\""));
    engine.say(finished(1));

    assertThat(sentTo("millrace.results")).isEmpty();
  }

  private static Delivery job(int attempt, String fields) {
    String reply = "\"reply\":{\"topic\":\"replies\",\"partition\":0,\"stored\":true}";
    return raw(0, attempt, bytes("{\"id\":\"a\",\"prompt\":\"hi\"" + fields + "," + reply + "}"));
  }

  private static Reply finished(int attempt) {
    return new Reply.Finished(
        "a",
        attempt,
        new Reply.Choice(0, 0, AnswerPiece.of("!"), FinishReason.STOP, List.of(9), List.of()),
        new Usage(1, 1));
  }

  private static RecordPlace reply(long offset) {
    return new RecordPlace("replies", 0, offset);
  }

  private List<JobRecord.State> states() {
    return sentTo("millrace.results").stream()
        .map(Wire::decodeJob)
        .map(JobRecord.State.class::cast)
        .toList();
  }
}
