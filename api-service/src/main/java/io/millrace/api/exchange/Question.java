package io.millrace.api.exchange;

import io.millrace.protocol.ConstraintFields;
import io.millrace.protocol.Echo;
import io.millrace.protocol.GenerationRequest;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.Prompt;
import io.millrace.protocol.ReplyAddress;
import io.millrace.protocol.RequestClass;
import io.millrace.protocol.SamplingParams;
import io.millrace.protocol.SchedulingParams;
import io.millrace.protocol.StopCriteria;
import io.millrace.protocol.TokenizeParams;
import java.time.Instant;

/**
 * A client's question, whichever endpoint it was asked at.
 *
 * @param model the served name
 * @param tokenizing how the prompt becomes tokens
 * @param output what is to come back
 * @param format what the answer's text must match
 * @param scheduling how urgent it is
 * @param stream whether the answer is wanted piece by piece
 */
public record Question(
    String model,
    Prompt prompt,
    TokenizeParams tokenizing,
    SamplingParams sampling,
    StopCriteria stop,
    OutputParams output,
    ConstraintFields format,
    SchedulingParams scheduling,
    boolean stream) {

  public Question {
    stop.check(output);
  }

  /** A question for what is told of a prompt alone, which asks the tokenizer and no model. */
  public static Question ofPrompt(
      String model, Prompt prompt, TokenizeParams tokenizing, OutputParams told) {
    return new Question(
        model,
        prompt,
        tokenizing,
        SamplingParams.NONE,
        StopCriteria.MODEL_DEFAULTS.withMaxTokens(0),
        told,
        ConstraintFields.TEXT,
        SchedulingParams.USUAL,
        false);
  }

  /**
   * The same for the queue of a class.
   *
   * @throws io.millrace.protocol.Invalid if its tier is none of the class
   */
  public Question in(RequestClass requestClass) {
    return new Question(
        model,
        prompt,
        tokenizing,
        sampling,
        stop,
        output,
        format,
        scheduling.in(requestClass),
        stream);
  }

  /**
   * The request for its answer. Where no seed is asked for, it has one: a request that starts again
   * on another worker must draw the same numbers. Those of a batch are drawn by its id, each
   * prompt's apart.
   *
   * @param seed unless one is asked for
   */
  public GenerationRequest request(
      String id, long seed, boolean streamed, Instant now, Instant deadline, ReplyAddress reply) {
    boolean draws = sampling.seed() == null && prompt.each().size() == 1;
    return new GenerationRequest(
        id,
        model,
        prompt,
        tokenizing,
        draws ? sampling.withSeed(seed) : sampling,
        stop,
        output,
        format,
        scheduling,
        streamed,
        now,
        deadline,
        Echo.NONE,
        reply);
  }

  /** How many answers are asked for, to all prompts. */
  public int numAnswers() {
    return output.n() * prompt.each().size();
  }
}
