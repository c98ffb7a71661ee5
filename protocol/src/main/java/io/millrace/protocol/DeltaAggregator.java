package io.millrace.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The deltas of an answer joined, so that its end tells all of it. Belongs to one thread. */
public final class DeltaAggregator {
  private final Map<Integer, Pieces> choices = new TreeMap<>();
  private final Map<Integer, PromptReport> prompts = new TreeMap<>();

  private static final class Pieces {
    final AnswerJoiner said = new AnswerJoiner();
    final List<Integer> tokenIds = new ArrayList<>();
    final List<TokenLogprobs> logprobs = new ArrayList<>();

    void add(AnswerPiece more, List<Integer> moreTokenIds, List<TokenLogprobs> moreLogprobs) {
      said.add(more);
      tokenIds.addAll(moreTokenIds);
      logprobs.addAll(moreLogprobs);
    }
  }

  /**
   * Takes the next reply of an answer.
   *
   * @return the end with all that came before it; empty before that
   */
  public Optional<Reply.Finished> take(Reply reply) {
    return reply.match(
        accepted -> Optional.empty(),
        delta -> {
          add(delta);
          return Optional.empty();
        },
        finished -> Optional.of(complete(finished)),
        failed -> Optional.empty());
  }

  /** Takes the next piece. */
  public void add(Reply.Delta delta) {
    pieces(delta.index()).add(delta.said(), delta.tokenIds(), delta.logprobs());
    if (delta.prompt() != null) {
      prompts.put(delta.prompt().index(), delta.prompt());
    }
  }

  /** The end with all that was gathered before it. */
  public Reply.Finished complete(Reply.Finished end) {
    List<Reply.Choice> whole = new ArrayList<>();
    for (Reply.Choice rest : end.choices()) {
      Pieces all = pieces(rest.index());
      all.add(rest.said(), rest.tokenIds(), rest.logprobs());
      whole.add(
          new Reply.Choice(
              rest.index(), 0, all.said.joined(), rest.reason(), all.tokenIds, all.logprobs));
    }
    end.prompts().forEach(prompt -> prompts.put(prompt.index(), prompt));
    return new Reply.Finished(
        end.id(), end.attempt(), end.seq(), whole, end.usage(), List.copyOf(prompts.values()));
  }

  private Pieces pieces(int index) {
    return choices.computeIfAbsent(index, i -> new Pieces());
  }
}
