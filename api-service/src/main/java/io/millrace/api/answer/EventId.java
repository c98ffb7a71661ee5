package io.millrace.api.answer;

import io.millrace.api.dispatch.ReplyPlace;
import io.millrace.api.exchange.AnswerPosition;
import io.millrace.api.exchange.AnswerPosition.Part;
import io.millrace.protocol.Excerpt;
import io.millrace.protocol.Invalid;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of an event, with which a client goes on behind it at any api: nothing about a stream has
 * to be stored. As text it is {@code REQUEST.PARTITION-OFFSET.CREATED.QUESTION.NUMBER.POSITION},
 * numbers to the base 36; to clients it means nothing.
 *
 * @param number of the event within the stream, from 1; 0 before the first
 * @param position what of the answer the client has had with it
 */
record EventId(StreamId stream, int number, AnswerPosition position) {
  /** The header that brings it back. */
  static final String HEADER = "Last-Event-ID";

  private static final int RADIX = Character.MAX_RADIX;
  private static final String PARTS = "ote";
  private static final Pattern TEXT =
      Pattern.compile(
          "([0-9a-f-]{36})\\.(#)-(#)\\.(#)\\.([0-9a-f]{8})\\.(#)\\.([ote])(#)-(#)-(#)"
              .replace("#", "[0-9a-z]{1,11}"));

  /** The id before the first event. */
  static EventId before(StreamId stream) {
    return new EventId(stream, 0, AnswerPosition.NOTHING);
  }

  /**
   * Reads what a client has sent.
   *
   * @throws Invalid if it is no id of an event
   */
  static EventId parse(String text) {
    Matcher parts = TEXT.matcher(text);
    try {
      if (parts.matches()) {
        return of(parts);
      }
    } catch (ArithmeticException | NumberFormatException tooLarge) {
      // As wrong as other text.
    }
    throw new Invalid(
        HEADER,
        "%s must be the id of an event of a stream, but is \"%s\""
            .formatted(HEADER, Excerpt.of(text)));
  }

  private static EventId of(Matcher parts) {
    Stamp stamp = new Stamp(parts.group(1), number(parts.group(4)));
    ReplyPlace place = new ReplyPlace(small(parts.group(2)), number(parts.group(3)));
    int question = Integer.parseUnsignedInt(parts.group(5), 16);
    AnswerPosition position =
        new AnswerPosition(
            Part.values()[PARTS.indexOf(parts.group(7))],
            small(parts.group(8)),
            small(parts.group(9)),
            small(parts.group(10)));
    return new EventId(new StreamId(stamp, place, question), small(parts.group(6)), position);
  }

  private static int small(String digits) {
    return Math.toIntExact(number(digits));
  }

  private static long number(String digits) {
    return Long.parseLong(digits, RADIX);
  }

  /** What all ids of a stream begin with. */
  static String prefix(StreamId stream) {
    return "%s.%s-%s.%s.%08x."
        .formatted(
            stream.stamp().id(),
            Integer.toString(stream.place().partition(), RADIX),
            Long.toString(stream.place().offset(), RADIX),
            Long.toString(stream.stamp().created(), RADIX),
            stream.question());
  }

  /** What follows it. */
  static String suffix(int number, AnswerPosition position) {
    return Integer.toString(number, RADIX)
        + "."
        + PARTS.charAt(position.part().ordinal())
        + Integer.toString(position.told(), RADIX)
        + "-"
        + Integer.toString(position.batch(), RADIX)
        + "-"
        + Integer.toString(position.events(), RADIX);
  }

  @Override
  public String toString() {
    return prefix(stream) + suffix(number, position);
  }
}
