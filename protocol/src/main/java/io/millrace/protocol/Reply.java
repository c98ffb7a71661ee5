package io.millrace.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One event of an answer: a record of a reply topic, keyed by the request's id.
 *
 * <p>An answer is {@link Accepted}, then any number of {@link Delta}, then exactly one {@link
 * Finished} or {@link Failed}. When a worker dies in the middle, another one starts again with a
 * higher {@code attempt}; the draws of a seeded request do not depend on the worker, so a reader
 * drops every event whose {@code seq} it has seen and goes on with the rest.
 */
public sealed interface Reply {
  /** The request that is answered. */
  String id();

  /** How often the request was started, from 1. */
  int attempt();

  /**
   * The place within the answer: the number of tokens generated so far. 0 for {@link Accepted}; it
   * grows from delta to delta of the same index, with gaps where tokens gave no text yet.
   */
  int seq();

  /** Whether this is the last event of the attempt. */
  default boolean isLast() {
    return this instanceof Finished || this instanceof Failed;
  }

  /**
   * A worker has begun.
   *
   * @param worker its name
   * @param queuedMillis how long the request waited in the queue
   */
  record Accepted(String id, int attempt, String worker, long queuedMillis) implements Reply {
    @Override
    public int seq() {
      return 0;
    }
  }

  /**
   * More of an answer.
   *
   * @param index which of several answers to the same prompt
   * @param text never half a character
   * @param reason why this answer is complete, while others go on; null while it is not
   * @param logprobs of the tokens whose text begins in this piece; empty unless asked for
   * @param prompt what the first piece tells of the prompt, if that was asked for
   */
  record Delta(
      String id,
      int attempt,
      int seq,
      int index,
      String text,
      @Nullable FinishReason reason,
      List<TokenLogprobs> logprobs,
      @Nullable PromptReport prompt)
      implements Reply {
    public Delta {
      logprobs = List.copyOf(logprobs);
    }

    /** Text alone, of the only answer. */
    public Delta(String id, int attempt, int seq, String text) {
      this(id, attempt, seq, 0, text, null, List.of(), null);
    }
  }

  /**
   * The end of one answer.
   *
   * @param text the rest of a streamed answer (often empty), or the whole of one that is not
   *     streamed
   * @param logprobs of the tokens of that text; empty unless asked for
   */
  record Choice(int index, String text, FinishReason reason, List<TokenLogprobs> logprobs) {
    public Choice {
      logprobs = List.copyOf(logprobs);
    }
  }

  /**
   * The end of all answers.
   *
   * @param choices one for each answer, by index
   * @param prompt what is told of the prompt, if that was asked for and no piece told it
   */
  record Finished(
      String id,
      int attempt,
      int seq,
      List<Choice> choices,
      Usage usage,
      @Nullable PromptReport prompt)
      implements Reply {
    public Finished {
      choices = List.copyOf(choices);
      if (choices.isEmpty()) {
        throw new Invalid("choices", "choices must hold at least one answer");
      }
    }

    /** The end of the only answer. */
    public Finished(
        String id, int attempt, int seq, String text, FinishReason reason, Usage usage) {
      this(id, attempt, seq, List.of(new Choice(0, text, reason, List.of())), usage, null);
    }

    /** The text of the first answer. */
    public String text() {
      return choices.get(0).text();
    }

    /** Why the first answer is complete. */
    public FinishReason reason() {
      return choices.get(0).reason();
    }
  }

  /**
   * There is no answer, or no more of it.
   *
   * @param message one sentence for the client
   * @param param the field at fault, if it is one
   */
  record Failed(
      String id, int attempt, int seq, FailureKind kind, String message, @Nullable String param)
      implements Reply {}
}
