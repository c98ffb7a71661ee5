package io.millrace.api.openai;

import io.millrace.api.answer.AnswerFormat;
import io.millrace.api.answer.Completion;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frame of OpenAI's answers; completions and chats differ in their choices.
 *
 * @param created seconds since 1970
 * @param includeUsage whether a stream says what it cost
 */
record OpenAiFormat(String id, long created, String model, Choices choices, boolean includeUsage)
    implements AnswerFormat {

  /** What differs between the endpoints. */
  interface Choices {
    /** What {@code object} says of a whole answer. */
    String whole();

    /** What {@code object} says of an event. */
    String event();

    /** The choice of a whole answer. */
    Record answer(String text, FinishReason reason);

    /** The choice of the first event, or null for none. */
    @Nullable Record opening();

    /** The choice of an event; the last one has a reason. */
    Record piece(String text, @Nullable FinishReason reason);
  }

  @Override
  public Object whole(Completion answer) {
    return new Chunk(
        id,
        choices.whole(),
        created,
        model,
        List.of(choices.answer(answer.text(), answer.reason())),
        Chunk.Usage.of(answer.usage()));
  }

  @Override
  public List<Object> opening() {
    Record first = choices.opening();
    return first == null ? List.of() : List.of(event(List.of(first), null));
  }

  @Override
  public Object piece(String text) {
    return event(List.of(choices.piece(text, null)), null);
  }

  @Override
  public List<Object> closing(Reply.Finished end) {
    List<Object> events = new ArrayList<>();
    events.add(event(List.of(choices.piece("", end.reason())), null));
    if (includeUsage) {
      events.add(event(List.of(), Chunk.Usage.of(end.usage())));
    }
    return events;
  }

  private Chunk event(List<Record> eventChoices, Chunk.@Nullable Usage usage) {
    return new Chunk(id, choices.event(), created, model, eventChoices, usage);
  }
}
