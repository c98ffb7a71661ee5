package io.millrace.api.batches;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.millrace.api.jobs.Job;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * What became of a request of a batch.
 *
 * @param id of this, which tells the line of the input
 * @param customId by which the client knows it
 * @param response what the endpoint has said; null if it was not asked, or not to the end
 * @param error why there is no response; null if there is one
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonPropertyOrder({"id", "custom_id", "response", "error"})
record OutputLine(String id, String customId, @Nullable Response response, @Nullable Cause error) {

  /**
   * What an endpoint has said.
   *
   * @param requestId the id of the job
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Response(int statusCode, String requestId, Object body) {}

  /** Why there is no response, by OpenAI's codes. */
  record Cause(String code, String message) {
    static final Cause EXPIRED =
        new Cause(
            "batch_expired",
            "This request could not be executed before the completion window expired.");
    static final Cause CANCELLED =
        new Cause("batch_cancelled", "This request was not executed before it was cancelled.");
  }

  static OutputLine of(BatchRecord batch, BatchLine line, Job.Response said) {
    Response response = new Response(said.statusCode(), batch.jobId(line.number()), said.body());
    return new OutputLine(batch.requestId(line.number()), line.customId(), response, null);
  }

  static OutputLine of(BatchRecord batch, BatchLine line, Cause why) {
    return new OutputLine(batch.requestId(line.number()), line.customId(), null, why);
  }

  /** Whether the request has its answer. */
  @JsonIgnore
  boolean isAnswer() {
    return response != null && response.statusCode == HttpStatus.OK.value();
  }

  /** Whether its time passed before. */
  @JsonIgnore
  boolean isExpired() {
    return Cause.EXPIRED.equals(error);
  }
}
