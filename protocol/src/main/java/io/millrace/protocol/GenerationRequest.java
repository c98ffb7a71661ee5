package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A question to a model: a record of a requests topic, complete in itself.
 *
 * @param id unique; every reply and log line carries it
 * @param model the served name, or nothing for whatever the topic's workers serve
 * @param tokenizing how the prompt becomes tokens
 * @param output what comes back
 * @param format what the answer's text must match
 * @param scheduling how urgent it is
 * @param stream a reply for each piece of text, or one reply with the whole text
 * @param createdAt when it was asked
 * @param deadline after this moment nobody wants the answer any more; null for never
 * @param echo what comes back with every reply
 * @param reply where the answer goes, and who reads it; a record that does not say gets it on the
 *     default topic for replies of its requests topic
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_NULL)
public record GenerationRequest(
    String id,
    String model,
    @JsonUnwrapped Prompt prompt,
    @JsonUnwrapped TokenizeParams tokenizing,
    @JsonUnwrapped SamplingParams sampling,
    @JsonUnwrapped StopCriteria stop,
    @JsonUnwrapped OutputParams output,
    @JsonUnwrapped ConstraintFields format,
    @JsonUnwrapped SchedulingParams scheduling,
    boolean stream,
    Instant createdAt,
    @Nullable Instant deadline,
    @JsonUnwrapped Echo echo,
    ReplyAddress reply) {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  public GenerationRequest {
    requireId("id", id);
    stop.check(output);
  }

  /** Refuses what is no id of a request or of a reader. */
  static void requireId(String param, String id) {
    if (!ID.matcher(id).matches()) {
      throw new Invalid(param, param + " must be 1 to 128 of A-Z a-z 0-9 . _ : -");
    }
  }

  /** A request that says nothing for its asker alone. */
  public GenerationRequest(
      String id,
      String model,
      Prompt prompt,
      TokenizeParams tokenizing,
      SamplingParams sampling,
      StopCriteria stop,
      OutputParams output,
      ConstraintFields format,
      boolean stream,
      Instant createdAt,
      @Nullable Instant deadline,
      ReplyAddress reply) {
    this(
        id,
        model,
        prompt,
        tokenizing,
        sampling,
        stop,
        output,
        format,
        SchedulingParams.USUAL,
        stream,
        createdAt,
        deadline,
        Echo.NONE,
        reply);
  }

  /** A request for an answer of any form. */
  public GenerationRequest(
      String id,
      String model,
      Prompt prompt,
      TokenizeParams tokenizing,
      SamplingParams sampling,
      StopCriteria stop,
      OutputParams output,
      boolean stream,
      Instant createdAt,
      @Nullable Instant deadline,
      ReplyAddress reply) {
    this(
        id,
        model,
        prompt,
        tokenizing,
        sampling,
        stop,
        output,
        ConstraintFields.TEXT,
        stream,
        createdAt,
        deadline,
        reply);
  }

  /** A request whose prompt becomes tokens as is usual for its kind. */
  public GenerationRequest(
      String id,
      String model,
      Prompt prompt,
      SamplingParams sampling,
      StopCriteria stop,
      OutputParams output,
      boolean stream,
      Instant createdAt,
      @Nullable Instant deadline,
      ReplyAddress reply) {
    this(
        id,
        model,
        prompt,
        TokenizeParams.USUAL,
        sampling,
        stop,
        output,
        stream,
        createdAt,
        deadline,
        reply);
  }

  /** A request for one answer's text. */
  public GenerationRequest(
      String id,
      String model,
      Prompt prompt,
      SamplingParams sampling,
      StopCriteria stop,
      boolean stream,
      Instant createdAt,
      @Nullable Instant deadline,
      ReplyAddress reply) {
    this(id, model, prompt, sampling, stop, OutputParams.TEXT, stream, createdAt, deadline, reply);
  }

  /** The same for an answer of another form. */
  public GenerationRequest withFormat(ConstraintFields other) {
    return with(id, other, scheduling, echo);
  }

  /** The same under another id. */
  public GenerationRequest withId(String other) {
    return with(other, format, scheduling, echo);
  }

  /** The same with another urgency. */
  public GenerationRequest withScheduling(SchedulingParams other) {
    return with(id, format, other, echo);
  }

  /** The same with what comes back. */
  public GenerationRequest withEcho(Echo other) {
    return with(id, format, scheduling, other);
  }

  private GenerationRequest with(
      String newId, ConstraintFields newFormat, SchedulingParams newScheduling, Echo newEcho) {
    boolean same =
        newId.equals(id)
            && newFormat.equals(format)
            && newScheduling.equals(scheduling)
            && newEcho.equals(echo);
    if (same) {
      // Another one would be checked again.
      return this;
    }
    return new GenerationRequest(
        newId,
        model,
        prompt,
        tokenizing,
        sampling,
        stop,
        output,
        newFormat,
        newScheduling,
        stream,
        createdAt,
        deadline,
        newEcho,
        reply);
  }

  /** Whether the answer has come too late at {@code now}. */
  public boolean expired(Instant now) {
    return deadline != null && now.isAfter(deadline);
  }
}
