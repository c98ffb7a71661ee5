package io.millrace.api.exchange;

/**
 * How much of an answer a client has had, as events of its stream. Those of its opening come first,
 * then those of each batch of tokens that was told at once, then those of its end.
 *
 * @param part of which it has had the last event
 * @param told how many tokens, of all answers together, were told before that part
 * @param batch how many tokens the part tells, if it is a batch
 * @param events how many events of the part it has had
 */
public record AnswerPosition(Part part, int told, int batch, int events) {
  /** What an event tells of. */
  public enum Part {
    OPENING,
    TEXT,
    END
  }

  /** Of a client that has had no event. */
  public static final AnswerPosition NOTHING = new AnswerPosition(Part.OPENING, 0, 0, 0);

  /** How many tokens were told before the part and with it. */
  int end() {
    return told + batch;
  }

  /**
   * How many tokens may be told once the next batch is, so that the batches are those of the
   * client.
   *
   * @param before how many are told by now
   */
  int mostTold(int before) {
    return before < told ? told : before < end() ? end() : Integer.MAX_VALUE;
  }
}
