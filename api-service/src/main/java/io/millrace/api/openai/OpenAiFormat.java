package io.millrace.api.openai;

import io.millrace.api.answer.AnswerFormat;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.OutputParams;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.ServiceTier;
import io.millrace.protocol.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The frame of OpenAI's answers; completions and chats differ in their choices.
 *
 * @param created seconds since 1970
 * @param includeUsage whether a stream says what it cost
 * @param serviceTier which service was given; null unless the client said something of it
 */
record OpenAiFormat(
    String id,
    long created,
    String model,
    Choices choices,
    boolean includeUsage,
    @Nullable ServiceTier serviceTier)
    implements AnswerFormat {

  /** What differs between the endpoints. Made for one answer; a stream is told in order. */
  interface Choices {
    /** What {@code object} says of a whole answer. */
    String whole();

    /** What {@code object} says of an event. */
    String event();

    /** A choice of a whole answer. */
    Record answer(Reply.Choice choice, Reply.Finished all);

    /** What is to come back. */
    OutputParams asked();

    /**
     * The choices of the events before any text, one an event.
     *
     * @param prompt what is told of it; null where nothing is
     */
    List<Record> opening(@Nullable PromptReport prompt);

    /** The choices of the events that tell a piece of text, one an event. */
    List<Record> piece(Reply.Delta piece);

    /** The choice of the event that ends an answer. */
    Record end(int index, FinishReason reason);

    /** What is told of the prompt beside the choices. */
    @Nullable Object promptLogprobs(@Nullable PromptReport prompt);

    /** The prompt's tokens, if they are told beside the choices. */
    @Nullable List<Integer> promptTokenIds(PromptReport prompt);

    /** The tokens of an answer, if they are asked for. */
    default @Nullable List<Integer> tokenIds(List<Integer> ids) {
      return asked().returnTokenIds() ? ids : null;
    }
  }

  @Override
  public Object whole(Reply.Finished answer) {
    PromptReport prompt = answer.prompt(0);
    return new Chunk(
        id,
        choices.whole(),
        created,
        model,
        answer.choices().stream().map(choice -> choices.answer(choice, answer)).toList(),
        choices.promptLogprobs(prompt),
        prompt == null ? null : choices.promptTokenIds(prompt),
        serviceTier,
        Chunk.Usage.of(answer.usage()));
  }

  @Override
  public List<Object> opening() {
    // Where the prompt is told, its first event is the first of all.
    return choices.asked().returnTokenIds() ? List.of() : events(choices.opening(null), null);
  }

  @Override
  public List<Object> piece(Reply.Delta piece) {
    List<Object> events = new ArrayList<>();
    PromptReport prompt = piece.prompt();
    if (prompt != null) {
      events.addAll(events(choices.opening(prompt), choices.promptTokenIds(prompt)));
    }
    events.addAll(events(choices.piece(piece), null));
    return events;
  }

  @Override
  public List<Object> end(int index, FinishReason reason) {
    return events(List.of(choices.end(index, reason)), null);
  }

  @Override
  public List<Object> closing(Usage usage) {
    return includeUsage ? List.of(event(List.of(), null, Chunk.Usage.of(usage))) : List.of();
  }

  @Override
  public boolean tellsTokens() {
    return choices.asked().returnTokenIds();
  }

  private List<Object> events(List<Record> eventChoices, @Nullable List<Integer> promptTokenIds) {
    List<Object> events = new ArrayList<>();
    eventChoices.forEach(choice -> events.add(event(List.of(choice), promptTokenIds, null)));
    return events;
  }

  private Chunk event(
      List<Record> eventChoices,
      @Nullable List<Integer> promptTokenIds,
      Chunk.@Nullable Usage usage) {
    return new Chunk(
        id,
        choices.event(),
        created,
        model,
        eventChoices,
        null,
        promptTokenIds,
        serviceTier,
        usage);
  }
}
