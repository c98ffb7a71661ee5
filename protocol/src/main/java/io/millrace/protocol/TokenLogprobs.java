package io.millrace.protocol;

import java.util.List;

/**
 * One place of an answer or a prompt.
 *
 * @param token the one that stands there
 * @param textOffset where its text begins, in characters (code points) from the beginning of the
 *     answer, or of the prompt
 * @param top the likeliest ones at this place, best first
 */
public record TokenLogprobs(ScoredToken token, int textOffset, List<ScoredToken> top) {
  public TokenLogprobs {
    top = List.copyOf(top);
  }
}
