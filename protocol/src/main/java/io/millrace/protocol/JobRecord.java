package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A record of the results topic: what is known of a job, a request whose answer is kept. Each kind
 * has keys of its own, so that compaction keeps the last of every kind: one {@link Submitted}, one
 * {@link State} of each attempt, one {@link Callback}.
 */
@JsonTypeInfo(
    use = JsonTypeInfo.Id.NAME,
    include = JsonTypeInfo.As.EXISTING_PROPERTY,
    property = "type")
@JsonPropertyOrder({"id", "type"})
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_NULL)
public sealed interface JobRecord {
  /** The job, whose request has the same id. */
  String id();

  /** Which of the records it is, as its JSON says. */
  @JsonProperty
  String type();

  /** The key of the record: a later one with the same key takes its place. */
  @JsonIgnore
  default String key() {
    return match(job -> job.id, state -> state.id + "/" + state.attempt, Callback::keyOf);
  }

  /** The value for the kind of this record; a new kind has an argument of its own. */
  <R> R match(
      Function<Submitted, R> submitted, Function<State, R> state, Function<Callback, R> callback);

  /**
   * A job as it was submitted; written before its request.
   *
   * @param endpoint that the body is for, such as {@code /v1/chat/completions}
   * @param model the served name
   * @param body as the endpoint takes it
   * @param requestClass whether it takes idle capacity alone
   * @param createdAt when it was submitted
   * @param deadline after this moment nobody wants the answer any more
   * @param events where the replies to its request go
   * @param metadata the submitter's own; null for none
   * @param callbackUrl who is told of the end; null for nobody
   * @param idempotencyKey the digest of the submitter's key; null for none
   * @param fingerprint the digest of what was submitted, by which a second submission under the
   *     same key is compared; null without a key
   * @param traceparent the trace of whoever submitted it, as in {@link Echo#traceparent}; null for
   *     none
   */
  @JsonTypeName("submitted")
  record Submitted(
      @Required String id,
      @Required String endpoint,
      @Required String model,
      @Required JsonNode body,
      @Required @JsonProperty("class") RequestClass requestClass,
      @Required Instant createdAt,
      @Required Instant deadline,
      @Required ReplyAddress events,
      @Nullable JsonNode metadata,
      @Nullable String callbackUrl,
      @Nullable String idempotencyKey,
      @Nullable String fingerprint,
      @Nullable String traceparent)
      implements JobRecord {
    public Submitted {
      GenerationRequest.requireId("id", id);
    }

    @Override
    public String type() {
      return "submitted";
    }

    @Override
    public <R> R match(
        Function<Submitted, R> submitted,
        Function<State, R> state,
        Function<Callback, R> callback) {
      return submitted.apply(this);
    }
  }

  /**
   * The state of one attempt at a job. Of all attempts counts the end, of several ends that of the
   * highest attempt; without an end the highest attempt.
   *
   * @param status the stage that the attempt has reached
   * @param attempt which attempt at the request, from 1; 0 for the word of an api, which asks or
   *     cancels
   * @param at when this was true
   * @param startedAt when the attempt began; null of an api's word
   * @param request where the request lies; null of a worker's word
   * @param worker who answers; null of an api's word
   * @param first where the first reply lies, of this attempt or an earlier one; null before it
   * @param last where the last reply lies; null before it
   * @param usage what the answer cost; null if there is none
   * @param error why there is no answer; null if there is one
   */
  @JsonTypeName("state")
  record State(
      @Required String id,
      @Required JobStatus status,
      @Required int attempt,
      @Required Instant at,
      @Nullable Instant startedAt,
      @Nullable RecordPlace request,
      @Nullable String worker,
      @Nullable RecordPlace first,
      @Nullable RecordPlace last,
      @Nullable Usage usage,
      @Nullable Problem error)
      implements JobRecord {

    /** The word of an api: that a request is in the queue, or that nobody wants its answer. */
    public static State ofApi(
        String id,
        JobStatus status,
        Instant at,
        @Nullable RecordPlace request,
        @Nullable Problem error) {
      return new State(id, status, 0, at, null, request, null, null, null, null, error);
    }

    @Override
    public String type() {
      return "state";
    }

    @Override
    public <R> R match(
        Function<Submitted, R> submitted,
        Function<State, R> state,
        Function<Callback, R> callback) {
      return state.apply(this);
    }
  }

  /**
   * The word of an api about whoever is to be told of a job's end. Of several that want to tell it
   * the first in the topic does, until its time has passed.
   *
   * @param by the name of the api
   * @param done whether nothing is left to do: it was delivered, or given up
   * @param attempts how often it was sent
   * @param at when this was true
   * @param until when another api may take it up; null if it is done
   */
  @JsonTypeName("callback")
  record Callback(
      @Required String id,
      @Required String by,
      @Required boolean done,
      @Required int attempts,
      @Required Instant at,
      @Nullable Instant until)
      implements JobRecord {
    private String keyOf() {
      return id + "/callback";
    }

    @Override
    public String type() {
      return "callback";
    }

    @Override
    public <R> R match(
        Function<Submitted, R> submitted,
        Function<State, R> state,
        Function<Callback, R> callback) {
      return callback.apply(this);
    }
  }
}
