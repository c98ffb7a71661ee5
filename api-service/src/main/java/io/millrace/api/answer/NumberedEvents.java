package io.millrace.api.answer;

import io.millrace.api.exchange.AnswerPosition;
import io.millrace.api.exchange.AnswerPosition.Part;
import io.millrace.protocol.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The events of a stream as lines, each with its {@link EventId}. Of those that the client has had
 * nothing is told but made, since what follows depends on it. For one subscriber.
 */
final class NumberedEvents {
  private final AnswerFormat format;
  private final StreamEvents answer;
  private final String prefix;
  private final EventId last;
  private int told;
  private int number;

  /**
   * @param last the last event that the client has had
   */
  NumberedEvents(AnswerFormat format, EventId last) {
    this.format = format;
    this.answer = new StreamEvents(format);
    this.prefix = EventId.prefix(last.stream());
    this.last = last;
  }

  /** Those before the first text. */
  List<String> opening() {
    return lines(Part.OPENING, 0, format::opening);
  }

  /** Those of a batch of deltas, or of the end. */
  List<String> of(List<Reply> batch) {
    int tokens = batch.stream().mapToInt(NumberedEvents::tokens).sum();
    boolean end = batch.get(0).isLast();
    List<String> lines = lines(end ? Part.END : Part.TEXT, tokens, () -> values(batch));
    told += tokens;
    return lines;
  }

  private static int tokens(Reply reply) {
    return reply instanceof Reply.Delta delta ? delta.tokenIds().size() : 0;
  }

  private List<Object> values(List<Reply> batch) {
    return batch.stream().flatMap(reply -> answer.events(reply).stream()).toList();
  }

  private List<String> lines(Part part, int tokens, Supplier<List<Object>> made) {
    int had = had(part);
    if (isLast(part)) {
      number = last.number() - had;
      format.numberFrom(number);
    }
    List<Object> values = made.get();
    List<String> lines = new ArrayList<>();
    for (int event = 1; event <= values.size(); event++) {
      number++;
      if (event > had) {
        AnswerPosition position = new AnswerPosition(part, told, tokens, event);
        lines.add(
            StreamLines.event(prefix + EventId.suffix(number, position), values.get(event - 1)));
      }
    }
    return lines;
  }

  /** How many events of a part, which comes now, the client has had. */
  private int had(Part part) {
    if (isLast(part)) {
      return last.position().events();
    }
    Part had = last.position().part();
    boolean before = part == had ? told < last.position().told() : part.compareTo(had) < 0;
    return before ? Integer.MAX_VALUE : 0;
  }

  /** Whether a part, which comes now, is the last of which the client has had an event. */
  private boolean isLast(Part part) {
    AnswerPosition had = last.position();
    return part == had.part() && (part != Part.TEXT || told == had.told());
  }
}
