package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * An event of an answer: a record of a reply topic, keyed by {@code reply.key} or the request's id.
 *
 * <p>An answer is {@link Accepted}, then any number of {@link Delta}, then exactly one {@link
 * Finished} or {@link Failed}. When a worker dies in the middle, another one goes on with a higher
 * {@code attempt}: from its {@link Accepted} on, nothing of a lower attempt counts, and what it
 * tells begins after the last token that was told before. {@link ReplyTracker} reads them so.
 */
@JsonTypeInfo(
    use = JsonTypeInfo.Id.NAME,
    include = JsonTypeInfo.As.EXISTING_PROPERTY,
    property = "type")
@JsonPropertyOrder({"id", "attempt", "seq", "type", "begin"})
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(Include.NON_NULL)
@Beside(Echo.class)
public sealed interface Reply {
  /** The request that is answered. */
  String id();

  /** How often the request was started, from 1. */
  int attempt();

  /**
   * The place within the answer: of a {@link Delta} the number of tokens of its index that are told
   * by now, of an end the number of tokens generated. 0 for {@link Accepted}.
   */
  int seq();

  /** Which of the events it is, as its JSON says. */
  @JsonProperty
  String type();

  /** A value for each kind of event. */
  record Cases<R>(
      Function<Accepted, R> accepted,
      Function<Delta, R> delta,
      Function<Finished, R> finished,
      Function<Failed, R> failed) {}

  /** The value for the kind of this event; a new kind has a case of its own. */
  <R> R match(Cases<R> cases);

  /** The value for the kind of this event. */
  default <R> R match(
      Function<Accepted, R> accepted,
      Function<Delta, R> delta,
      Function<Finished, R> finished,
      Function<Failed, R> failed) {
    return match(new Cases<>(accepted, delta, finished, failed));
  }

  /** Does what belongs to the kind of this event. */
  default void handle(
      Consumer<Accepted> accepted,
      Consumer<Delta> delta,
      Consumer<Finished> finished,
      Consumer<Failed> failed) {
    Runnable chosen =
        match(
            it -> () -> accepted.accept(it),
            it -> () -> delta.accept(it),
            it -> () -> finished.accept(it),
            it -> () -> failed.accept(it));
    chosen.run();
  }

  /** The same event of another request, or another attempt at it. */
  default Reply of(String newId, int newAttempt) {
    return this.<Reply>match(
        it -> new Accepted(newId, newAttempt, it.worker, it.source, it.queuedMillis),
        it ->
            new Delta(
                newId,
                newAttempt,
                it.seq,
                it.begin,
                it.index,
                it.said,
                it.reason,
                it.tokenIds,
                it.logprobs,
                it.prompt),
        it -> new Finished(newId, newAttempt, it.seq, it.choices, it.usage, it.prompts),
        it -> new Failed(newId, newAttempt, it.seq, it.error));
  }

  /** Whether this is the last event of the attempt. */
  @JsonIgnore
  default boolean isLast() {
    return match(accepted -> false, delta -> false, finished -> true, failed -> true);
  }

  /**
   * The beginning: a worker has taken the request, and no other goes on with it.
   *
   * @param worker its name
   * @param source the record that asked, as {@code topic-partition@offset}: ids may come twice
   * @param queuedMillis how long the request waited in the queue
   */
  @JsonTypeName("accepted")
  record Accepted(
      @Required String id,
      int attempt,
      @Required String worker,
      String source,
      @JsonProperty("queued_ms") long queuedMillis)
      implements Reply {
    @Override
    @JsonProperty
    public int seq() {
      return 0;
    }

    @Override
    public String type() {
      return "accepted";
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.accepted.apply(this);
    }
  }

  /**
   * More of an answer.
   *
   * @param seq how many of its tokens are told with this
   * @param begin how many were told before
   * @param index which of several answers to the same prompt
   * @param said never half a character
   * @param reason why this answer is complete, while others go on; null while it is not
   * @param tokenIds the tokens whose text begins in this piece; with {@code reason} the rest, too
   * @param logprobs of these tokens; empty unless asked for
   * @param prompt what the first piece tells of the prompt, if that was asked for
   */
  @JsonTypeName("delta")
  record Delta(
      @Required String id,
      int attempt,
      int seq,
      int begin,
      @JsonInclude(Include.NON_DEFAULT) int index,
      @JsonUnwrapped AnswerPiece said,
      @JsonProperty("finish_reason") @Nullable FinishReason reason,
      List<Integer> tokenIds,
      @JsonInclude(Include.NON_EMPTY) List<TokenLogprobs> logprobs,
      @Nullable PromptReport prompt)
      implements Reply {
    public Delta {
      tokenIds = Lists.copyOf(tokenIds);
      logprobs = Lists.copyOf(logprobs);
      if (begin < 0 || tokenIds.size() != seq - begin) {
        throw new Invalid(
            "token_ids",
            "token_ids must hold the tokens from begin %d to seq %d, but holds %d"
                .formatted(begin, seq, tokenIds.size()));
      }
    }

    /** The text of one token of the only answer. */
    public Delta(String id, int attempt, int seq, int tokenId, String text) {
      this(
          id,
          attempt,
          seq,
          seq - 1,
          0,
          AnswerPiece.of(text),
          null,
          List.of(tokenId),
          List.of(),
          null);
    }

    /** The text of the answer, which is all that most models say. */
    public String text() {
      return said.text();
    }

    @Override
    public String type() {
      return "delta";
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.delta.apply(this);
    }
  }

  /**
   * The end of one answer.
   *
   * @param index which of several answers to the same prompt
   * @param begin how many of its tokens were told before: 0 of one that is not streamed
   * @param said the rest of a streamed answer (often empty), or the whole of another
   * @param reason why it is complete
   * @param tokenIds all tokens from {@code begin} on, those included that end it and give no text
   * @param logprobs of the tokens of that text; empty unless asked for
   */
  @JsonNaming(SnakeCaseStrategy.class)
  record Choice(
      int index,
      int begin,
      @JsonUnwrapped AnswerPiece said,
      @Required @JsonProperty("finish_reason") FinishReason reason,
      List<Integer> tokenIds,
      @JsonInclude(Include.NON_EMPTY) List<TokenLogprobs> logprobs) {
    public Choice {
      tokenIds = Lists.copyOf(tokenIds);
      logprobs = Lists.copyOf(logprobs);
    }

    /** The text of the answer, which is all that most models say. */
    public String text() {
      return said.text();
    }

    /** How many tokens it has. */
    public int end() {
      return begin + tokenIds.size();
    }
  }

  /**
   * The end of all answers. The only answer has its fields beside those of the event itself.
   *
   * @param choices one for each answer, by index: those to the first prompt, those to the second
   * @param usage what it cost
   * @param prompts what is told of the prompts, if that was asked for and no piece told it
   */
  @JsonTypeName("finished")
  @JsonPropertyOrder({
    "id", "attempt", "seq", "type", "only", "choices", "usage", "prompt", "prompts"
  })
  @JsonAutoDetect(getterVisibility = Visibility.NONE, fieldVisibility = Visibility.NONE)
  record Finished(
      @JsonProperty String id,
      @JsonProperty int attempt,
      @JsonProperty int seq,
      List<Choice> choices,
      @JsonProperty Usage usage,
      List<PromptReport> prompts)
      implements Reply {
    public Finished {
      choices = List.copyOf(choices);
      prompts = List.copyOf(prompts);
      if (choices.isEmpty()) {
        throw new Invalid("choices", "choices must hold at least one answer");
      }
    }

    /** The end of the only answer, which has as many tokens as {@code usage} says. */
    public Finished(String id, int attempt, Choice only, Usage usage) {
      this(id, attempt, only.end(), List.of(only), usage, List.of());
    }

    /** Reads either form. */
    @JsonCreator
    @OneOf({"text", "choices"})
    static Finished of(
        @Required @JsonProperty("id") String id,
        @JsonProperty("attempt") int attempt,
        @JsonProperty("seq") int seq,
        @JsonProperty("choices") @Nullable List<Choice> choices,
        @JsonProperty("begin") int begin,
        @JsonProperty("text") @Nullable String text,
        @JsonProperty("reasoning_content") @Nullable String reasoning,
        @JsonProperty("tool_calls") @Nullable List<ToolCallDelta> toolCalls,
        @JsonProperty("finish_reason") @Nullable FinishReason reason,
        @JsonProperty("token_ids") @Nullable List<Integer> tokenIds,
        @JsonProperty("logprobs") @Nullable List<TokenLogprobs> logprobs,
        @Required @JsonProperty("usage") Usage usage,
        @JsonProperty("prompt") @Nullable PromptReport prompt,
        @JsonProperty("prompts") @Nullable List<PromptReport> prompts) {
      List<PromptReport> told = prompt == null ? Lists.copyOf(prompts) : List.of(prompt);
      if (choices != null) {
        return new Finished(id, attempt, seq, choices, usage, told);
      }
      if (text == null || reason == null) {
        String missing = text == null ? "text" : "finish_reason";
        throw new Invalid(missing, missing + " is required");
      }
      AnswerPiece said = new AnswerPiece(text, Lists.orEmpty(reasoning), Lists.copyOf(toolCalls));
      Choice only =
          new Choice(0, begin, said, reason, Lists.copyOf(tokenIds), Lists.copyOf(logprobs));
      return new Finished(id, attempt, seq, List.of(only), usage, told);
    }

    @JsonProperty("only")
    @JsonUnwrapped
    @JsonIgnoreProperties("index")
    @Nullable Choice only() {
      return choices.size() == 1 ? choices.get(0) : null;
    }

    @JsonProperty("choices")
    @Nullable List<Choice> severalChoices() {
      return choices.size() == 1 ? null : choices;
    }

    /** What is told of the only prompt, if that was asked for and no piece told it. */
    @JsonProperty("prompt")
    @Nullable PromptReport onlyPrompt() {
      return prompts.size() == 1 ? prompts.get(0) : null;
    }

    @JsonProperty("prompts")
    @Nullable List<PromptReport> severalPrompts() {
      return prompts.size() > 1 ? prompts : null;
    }

    /** What is told of one of the prompts, if anything is. */
    public @Nullable PromptReport prompt(int index) {
      return prompts.stream().filter(prompt -> prompt.index() == index).findFirst().orElse(null);
    }

    /** The text of the first answer. */
    public String text() {
      return choices.get(0).text();
    }

    /** Why the first answer is complete. */
    public FinishReason reason() {
      return choices.get(0).reason();
    }

    @Override
    public String type() {
      return "finished";
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.finished.apply(this);
    }
  }

  /**
   * The end without an answer, or without the rest of it.
   *
   * @param error what went wrong
   */
  @JsonTypeName("failed")
  record Failed(@Required String id, int attempt, int seq, @Required Problem error)
      implements Reply {
    public Failed(
        String id, int attempt, int seq, FailureKind kind, String message, @Nullable String param) {
      this(id, attempt, seq, new Problem(kind, message, param));
    }

    /** Whose fault it is. */
    public FailureKind kind() {
      return error.kind();
    }

    /** One sentence for the client. */
    public String message() {
      return error.message();
    }

    /** The field at fault, if it is one. */
    public @Nullable String param() {
      return error.param();
    }

    @Override
    public String type() {
      return "failed";
    }

    @Override
    public <R> R match(Cases<R> cases) {
      return cases.failed.apply(this);
    }
  }
}
