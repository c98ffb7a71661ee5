package io.millrace.protocol;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was told of one answer: its tokens, and how far the text had come with each piece. */
final class ToldChoice {
  /** The text ends within a piece, one does not know where. */
  private static final int WITHIN = -1;

  private final List<Integer> tokenIds = new ArrayList<>();

  /** Length of the text after each token that ends a piece, in UTF-16 units. */
  private final List<Integer> lengths = new ArrayList<>();

  private int length;
  private @Nullable FinishReason reason;

  /**
   * A piece of an answer.
   *
   * @param begin how many tokens come before it
   * @param logprobs of the tokens whose text it shows; empty if they are not told
   */
  record Piece(int begin, String text, List<Integer> tokenIds, List<TokenLogprobs> logprobs) {}

  int numTokens() {
    return tokenIds.size();
  }

  /** Whether all that comes before a piece was told, and where its text goes on is known. */
  boolean isReached(Piece piece) {
    return piece.begin() <= numTokens() && lengthBefore(piece) != WITHIN;
  }

  /** Whether a piece says other tokens than were told in their place. */
  boolean contradicts(Piece piece) {
    int both = Math.min(numTokens() - piece.begin(), piece.tokenIds().size());
    return both > 0
        && !tokenIds
            .subList(piece.begin(), piece.begin() + both)
            .equals(piece.tokenIds().subList(0, both));
  }

  /** Adds a piece that was reached, and returns what of it was not told before. */
  Piece add(Piece piece) {
    int known = Math.min(numTokens() - piece.begin(), piece.tokenIds().size());
    int begin = piece.begin() + known;
    List<Integer> more = piece.tokenIds().subList(known, piece.tokenIds().size());
    int knownText = begin < numTokens() ? piece.text().length() : length - lengthBefore(piece);
    String text = piece.text().substring(Math.min(knownText, piece.text().length()));
    int knownPlaces = Math.min(known, piece.logprobs().size());
    tokenIds.addAll(more);
    length += text.length();
    for (int i = 1; i <= more.size(); i++) {
      lengths.add(i == more.size() ? length : WITHIN);
    }
    return new Piece(
        begin, text, more, piece.logprobs().subList(knownPlaces, piece.logprobs().size()));
  }

  private int lengthBefore(Piece piece) {
    return piece.begin() == 0 ? 0 : lengths.get(piece.begin() - 1);
  }

  void end(@Nullable FinishReason why) {
    reason = why;
  }

  PriorOutput.Choice output() {
    return new PriorOutput.Choice(tokenIds, reason);
  }
}
