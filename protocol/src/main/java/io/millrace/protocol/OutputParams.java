package io.millrace.protocol;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * The wishes for what comes back: how many answers, and what is told beside their text.
 *
 * @param n answers to the same prompt
 * @param bestOf how many are generated, of which the {@code n} best by mean log-probability come
 *     back; at least {@code n}
 * @param logprobs how many of the likeliest tokens are told at each place of the answer, besides
 *     the one that was taken; null for no log-probabilities at all
 * @param promptLogprobs the same for each place of the prompt
 * @param echo whether the prompt's text is told
 * @param skipSpecialTokens whether marks for the model, such as an end of turn, are left out of the
 *     text
 * @param returnTokenIds whether the ids of the prompt's tokens are told
 * @param returnTokenStrs whether it is told what each of them adds to a text
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonPropertyOrder({"n", "best_of"})
@JsonInclude(Include.NON_NULL)
@JsonAutoDetect(getterVisibility = Visibility.NONE, fieldVisibility = Visibility.NONE)
public record OutputParams(
    @Limit(min = 1, max = MAX_ANSWERS) int n,
    @Limit(min = 1, max = MAX_ANSWERS) int bestOf,
    @Limit(min = 0, max = MAX_LOGPROBS) @JsonProperty @Nullable Integer logprobs,
    @Limit(min = 0, max = MAX_LOGPROBS) @JsonProperty @Nullable Integer promptLogprobs,
    @JsonProperty @JsonInclude(Include.NON_DEFAULT) boolean echo,
    boolean skipSpecialTokens,
    @JsonProperty @JsonInclude(Include.NON_DEFAULT) boolean returnTokenIds,
    @JsonProperty @JsonInclude(Include.NON_DEFAULT) boolean returnTokenStrs) {

  /** Of {@code n} and {@code best_of}. */
  public static final int MAX_ANSWERS = 128;

  /** How many of the likeliest tokens can be told. */
  public static final int MAX_LOGPROBS = 20;

  private static final Limits LIMITS = Limits.of(OutputParams.class);

  /** One answer's text. */
  public static final OutputParams TEXT = new OutputParams(1, 1, null, null, false);

  public OutputParams {
    LIMITS.check(
        n,
        bestOf,
        logprobs,
        promptLogprobs,
        echo,
        skipSpecialTokens,
        returnTokenIds,
        returnTokenStrs);
    if (bestOf < n) {
      throw new Invalid(
          "best_of", "best_of must be at least n, which is %d, but is %d".formatted(n, bestOf));
    }
  }

  /** Wishes for a text without marks for the model. */
  public OutputParams(
      int n,
      int bestOf,
      @Nullable Integer logprobs,
      @Nullable Integer promptLogprobs,
      boolean echo) {
    this(n, bestOf, logprobs, promptLogprobs, echo, true, false, false);
  }

  /**
   * Reads the wishes, with log-probabilities as completions spell them, a number; or as chats do,
   * true and {@code top_logprobs}.
   *
   * @param topLogprobs beside {@code "logprobs": true}: how many of the likeliest tokens are told
   */
  @JsonCreator
  static OutputParams of(
      @JsonProperty("n") @Nullable Integer n,
      @JsonProperty("best_of") @Nullable Integer bestOf,
      @Forms({Integer.class, Boolean.class}) @JsonProperty("logprobs") @Nullable JsonNode logprobs,
      @Limit(min = 0, max = MAX_LOGPROBS) @JsonProperty("top_logprobs")
          @Nullable Integer topLogprobs,
      @JsonProperty("prompt_logprobs") @Nullable Integer promptLogprobs,
      @JsonProperty("echo") boolean echo,
      @JsonProperty("skip_special_tokens") @Nullable Boolean skipSpecialTokens,
      @JsonProperty("return_token_ids") boolean returnTokenIds,
      @JsonProperty("return_token_strs") boolean returnTokenStrs) {
    int answers = n == null ? 1 : n;
    int top = topLogprobs == null ? 0 : topLogprobs;
    Invalid.unlessBetween("top_logprobs", top, 0, MAX_LOGPROBS);
    return new OutputParams(
        answers,
        bestOf == null ? answers : bestOf,
        logprobs(logprobs, top),
        promptLogprobs,
        echo,
        skipSpecialTokens == null || skipSpecialTokens,
        returnTokenIds,
        returnTokenStrs);
  }

  private static @Nullable Integer logprobs(@Nullable JsonNode told, int top) {
    if (told != null && told.isBoolean() && told.booleanValue()) {
      return top;
    }
    if (top > 0) {
      throw new Invalid("top_logprobs", "top_logprobs needs \"logprobs\": true");
    }
    return told == null || told.isNull() || told.isBoolean()
        ? null
        : JsonRecords.read(told, "logprobs", Integer.class);
  }

  @JsonProperty("n")
  @Nullable Integer severalAnswers() {
    return n > 1 ? n : null;
  }

  @JsonProperty("best_of")
  @Nullable Integer moreThanComeBack() {
    return chooses() ? bestOf : null;
  }

  @JsonProperty("skip_special_tokens")
  @Nullable Boolean keepsSpecialTokens() {
    return skipSpecialTokens ? null : false;
  }

  /** Whether only the best of the answers come back, so that none is known before all are. */
  public boolean chooses() {
    return bestOf > n;
  }

  /**
   * Checks what cannot be streamed.
   *
   * @throws Invalid if only the best of the answers come back
   */
  public void checkStream() {
    if (chooses()) {
      throw new Invalid(
          "best_of", "best_of must be n, which is %d, in a stream, but is %d".formatted(n, bestOf));
    }
  }

  /** Whether the prompt comes back in some form. */
  public boolean tellsPrompt() {
    return echo || promptLogprobs != null || tellsPromptTokens();
  }

  /** Whether the prompt comes back as tokens. */
  public boolean tellsPromptTokens() {
    return returnTokenIds || returnTokenStrs;
  }

  /** The same with another number of answers, all of which come back. */
  public OutputParams withN(int answers) {
    return changed(answers, answers, logprobs, promptLogprobs, echo, skipSpecialTokens);
  }

  /** The same with the best of so many answers. */
  public OutputParams withBestOf(int generated) {
    return changed(n, generated, logprobs, promptLogprobs, echo, skipSpecialTokens);
  }

  /** The same with log-probabilities of the answer. */
  public OutputParams withLogprobs(@Nullable Integer alternatives) {
    return changed(n, bestOf, alternatives, promptLogprobs, echo, skipSpecialTokens);
  }

  /** The same with log-probabilities of the prompt. */
  public OutputParams withPromptLogprobs(@Nullable Integer alternatives) {
    return changed(n, bestOf, logprobs, alternatives, echo, skipSpecialTokens);
  }

  /** The same with the prompt's text. */
  public OutputParams withEcho() {
    return changed(n, bestOf, logprobs, promptLogprobs, true, skipSpecialTokens);
  }

  /** The same with the marks for the model in the text. */
  public OutputParams withSpecialTokens() {
    return changed(n, bestOf, logprobs, promptLogprobs, echo, false);
  }

  /**
   * The same with the ids of the prompt's tokens.
   *
   * @param texts whether it is told what each adds to a text, too
   */
  public OutputParams withPromptTokens(boolean texts) {
    return new OutputParams(
        n, bestOf, logprobs, promptLogprobs, echo, skipSpecialTokens, true, texts);
  }

  private OutputParams changed(
      int answers,
      int generated,
      @Nullable Integer ofAnswer,
      @Nullable Integer ofPrompt,
      boolean echoes,
      boolean skips) {
    return new OutputParams(
        answers, generated, ofAnswer, ofPrompt, echoes, skips, returnTokenIds, returnTokenStrs);
  }
}
