package io.millrace.api.openai;

import io.millrace.api.answer.AnswerFormat;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.Usage;
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

  /** What differs between the endpoints. Made for one answer; a stream is told in order. */
  interface Choices {
    /** What {@code object} says of a whole answer. */
    String whole();

    /** What {@code object} says of an event. */
    String event();

    /** A choice of a whole answer. */
    Record answer(Reply.Choice choice, Reply.Finished all);

    /** The choices of the events before any text, one an event. */
    List<Record> opening();

    /** The choices of the events that tell a piece of text, one an event. */
    List<Record> piece(Reply.Delta piece);

    /** The choice of the event that ends an answer. */
    Record end(int index, FinishReason reason);

    /** What is told of the prompt beside the choices. */
    @Nullable Object promptLogprobs(@Nullable PromptReport prompt);
  }

  @Override
  public Object whole(Reply.Finished answer) {
    return new Chunk(
        id,
        choices.whole(),
        created,
        model,
        answer.choices().stream().map(choice -> choices.answer(choice, answer)).toList(),
        choices.promptLogprobs(answer.prompt(0)),
        Chunk.Usage.of(answer.usage()));
  }

  @Override
  public List<Object> opening() {
    return events(choices.opening());
  }

  @Override
  public List<Object> piece(Reply.Delta piece) {
    return events(choices.piece(piece));
  }

  @Override
  public List<Object> end(int index, FinishReason reason) {
    return events(List.of(choices.end(index, reason)));
  }

  @Override
  public List<Object> closing(Usage usage) {
    return includeUsage ? List.of(event(List.of(), Chunk.Usage.of(usage))) : List.of();
  }

  private List<Object> events(List<Record> eventChoices) {
    List<Object> events = new ArrayList<>();
    eventChoices.forEach(choice -> events.add(event(List.of(choice), null)));
    return events;
  }

  private Chunk event(List<Record> eventChoices, Chunk.@Nullable Usage usage) {
    return new Chunk(id, choices.event(), created, model, eventChoices, null, usage);
  }
}
