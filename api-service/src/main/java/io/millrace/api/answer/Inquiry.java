package io.millrace.api.answer;

import io.millrace.api.body.JsonBody;
import io.millrace.api.exchange.Question;

/** A request as its endpoint understood it: what is asked, and how the answer is to look. */
public record Inquiry(Question question, AnswerFormat format) {

  /** How an endpoint understands a body. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads a body.
     *
     * @param stamp of the answer
     * @throws io.millrace.protocol.Invalid naming the field at fault
     */
    Inquiry read(Stamp stamp, JsonBody body);
  }
}
