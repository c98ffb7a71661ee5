package io.millrace.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What was told of one answer: its tokens, and how far the answer had come with each piece. */
final class ToldChoice {
  private final List<Integer> tokenIds = new ArrayList<>();

  /** What was told after each token that ends a piece; null within one, one does not know where. */
  private final List<@Nullable ToldLengths> lengths = new ArrayList<>();

  private ToldLengths length = ToldLengths.NONE;
  private @Nullable FinishReason reason;

  /**
   * A piece of an answer.
   *
   * @param begin how many tokens come before it
   * @param logprobs of the tokens whose text it shows; empty if they are not told
   */
  record Piece(int begin, AnswerPiece said, List<Integer> tokenIds, List<TokenLogprobs> logprobs) {}

  int numTokens() {
    return tokenIds.size();
  }

  /** Whether all that comes before a piece was told, and where the answer goes on is known. */
  boolean isReached(Piece piece) {
    return piece.begin() <= numTokens() && lengthBefore(piece) != null;
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
    ToldLengths before = Objects.requireNonNull(lengthBefore(piece));
    AnswerPiece said = begin < numTokens() ? AnswerPiece.NONE : length.rest(piece.said(), before);
    int knownPlaces = Math.min(known, piece.logprobs().size());
    tokenIds.addAll(more);
    length = length.plus(said);
    for (int i = 1; i <= more.size(); i++) {
      lengths.add(i == more.size() ? length : null);
    }
    return new Piece(
        begin, said, more, piece.logprobs().subList(knownPlaces, piece.logprobs().size()));
  }

  private @Nullable ToldLengths lengthBefore(Piece piece) {
    return piece.begin() == 0 ? ToldLengths.NONE : lengths.get(piece.begin() - 1);
  }

  void end(@Nullable FinishReason why) {
    reason = why;
  }

  PriorOutput.Choice output() {
    return new PriorOutput.Choice(tokenIds, reason);
  }
}
