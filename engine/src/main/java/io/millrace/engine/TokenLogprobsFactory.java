package io.millrace.engine;

import io.millrace.engine.sampling.TokenScores;
import io.millrace.models.text.Tokenizer;
import io.millrace.protocol.ScoredToken;
import io.millrace.protocol.TokenLogprobs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The factory of log-probabilities as replies carry them: spells out the tokens of the model's
 * scores.
 */
final class TokenLogprobsFactory {
  private static final double LOWEST = -9999;

  private final Tokenizer tokenizer;

  TokenLogprobsFactory(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * The log-probabilities at one position of an answer or a prompt.
   *
   * @param alternatives how many of the likeliest tokens are reported
   * @param offset of the position in its text, in code points
   * @param first whether no text precedes it
   */
  TokenLogprobs place(TokenScores scores, int alternatives, int offset, boolean first) {
    List<ScoredToken> top = new ArrayList<>();
    for (int i = 0; i < Math.min(alternatives, scores.topTokens().length); i++) {
      int token = scores.topTokens()[i];
      byte[] bytes = tokenizer.bytes(token, first);
      top.add(ScoredToken.of(token, bytes, finite(scores.topLogprobs()[i]), i + 1));
    }
    byte[] bytes = tokenizer.bytes(scores.token(), first);
    ScoredToken own =
        ScoredToken.of(scores.token(), bytes, finite(scores.logprob()), scores.rank());
    return new TokenLogprobs(own, offset, top);
  }

  /** The entry of a prompt's first token, for which the model gives no probability. */
  TokenLogprobs firstPlace(int token) {
    return new TokenLogprobs(
        ScoredToken.of(token, tokenizer.bytes(token, true), null, 0), 0, List.of());
  }

  /** A log-probability that JSON can hold, which has no infinity; the lowest is vLLM's. */
  private static double finite(double logprob) {
    return Math.max(logprob, LOWEST);
  }

  /** What each of a prompt's tokens adds to its text. */
  List<String> texts(int[] tokens) {
    List<String> texts = new ArrayList<>();
    boolean first = true;
    for (int token : tokens) {
      texts.add(new String(tokenizer.bytes(token, first), StandardCharsets.UTF_8));
      first &= isSpecial(token);
    }
    return texts;
  }

  /** Whether a token is a special one rather than text. */
  boolean isSpecial(int token) {
    return tokenizer.specialIds().contains(token);
  }

  /** Whether all tokens are special, so that they give no text. */
  boolean areSpecial(int[] tokens) {
    return IntStream.of(tokens).allMatch(this::isSpecial);
  }
}
