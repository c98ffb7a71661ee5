package io.millrace.api.answer;

import io.millrace.api.body.JsonBody;
import io.millrace.api.exchange.Question;

/**
 * A request as its endpoint understood it.
 *
 * @param question what is asked
 * @param format how the answer is to look
 * @param names how the endpoint spells fields
 */
public record Inquiry(Question question, AnswerFormat format, FieldNames names) {

  /** At an endpoint that spells all fields as requests do. */
  public Inquiry(Question question, AnswerFormat format) {
    this(question, format, FieldNames.SAME);
  }

  /** How an endpoint understands a body. */
  @FunctionalInterface
  public interface Reader {
    /**
     * Reads a body.
     *
     * @param id of the request
     * @throws io.millrace.protocol.Invalid naming the field at fault
     */
    Inquiry read(String id, JsonBody body);
  }
}
