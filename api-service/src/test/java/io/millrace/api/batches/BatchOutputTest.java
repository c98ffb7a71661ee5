package io.millrace.api.batches;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.api.jobs.Job;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.JsonNodeFactory;

class BatchOutputTest {
  private static final BatchRecord BATCH =
      BatchRecord.of(
          new BatchFields("file-1", "/v1/chat/completions", "24h", Duration.ofDays(1), null, null),
          Instant.EPOCH,
          "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

  @TempDir Path folder;

  @Test
  void output_isFoundAgain_butForALineThatWasNotWrittenToItsEnd() throws Exception {
    try (BatchOutput output = open()) {
      output.add(OutputLine.of(BATCH, line(3), new Job.Response(200, Map.of("text", "a\nb"))));
      output.add(OutputLine.of(BATCH, line(7), new Job.Response(400, Map.of())));
      output.add(OutputLine.of(BATCH, line(1), OutputLine.Cause.CANCELLED));
    }
    Path file = folder.resolve("output");
    String before = Files.readString(file);
    Files.writeString(file, "{\"id\":\"batch_req_", StandardOpenOption.APPEND);

    try (BatchOutput again = open()) {
      assertThat(again.completed()).isEqualTo(1);
      assertThat(again.failed()).isEqualTo(2);
      assertThat(again.isExpired()).isFalse();
      assertThat(again.done().stream()).containsExactly(1, 3, 7);
      assertThat(Files.readString(file)).isEqualTo(before);
      again.add(OutputLine.of(BATCH, line(2), OutputLine.Cause.EXPIRED));
      assertThat(again.failed()).isEqualTo(3);
    }
    try (BatchOutput last = open()) {
      assertThat(last.isExpired()).isTrue();
      assertThat(last.done().stream()).containsExactly(1, 2, 3, 7);
    }
    assertThat(Files.readString(folder.resolve("errors")))
        .startsWith("{\"id\":\"batch_req_")
        .contains(
            "-7\",\"custom_id\":\"row 7\",\"response\":{\"status_code\":400,\"request_id\":\"job_",
            "-1\",\"custom_id\":\"row 1\",\"response\":null,\"error\":{\"code\":\"batch_cancelled\"");
  }

  private BatchOutput open() throws Exception {
    return new BatchOutput(folder.resolve("output"), folder.resolve("errors"));
  }

  private static BatchLine line(int number) {
    return new BatchLine(number, "row " + number, JsonNodeFactory.instance.objectNode());
  }
}
