package io.millrace.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The deltas of an answer joined, so that its end tells all of it. Belongs to one thread. */
public final class DeltaAggregator {
  private final Map<Integer, Pieces> choices = new TreeMap<>();
  private @Nullable PromptReport prompt;

  private static final class Pieces {
    final StringBuilder text = new StringBuilder();
    final List<TokenLogprobs> logprobs = new ArrayList<>();

    void add(String more, List<TokenLogprobs> moreLogprobs) {
      text.append(more);
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
    pieces(delta.index()).add(delta.text(), delta.logprobs());
    if (delta.prompt() != null) {
      prompt = delta.prompt();
    }
  }

  /** The end with all that was gathered before it. */
  public Reply.Finished complete(Reply.Finished end) {
    List<Reply.Choice> whole = new ArrayList<>();
    for (Reply.Choice rest : end.choices()) {
      Pieces all = pieces(rest.index());
      all.add(rest.text(), rest.logprobs());
      whole.add(new Reply.Choice(rest.index(), all.text.toString(), rest.reason(), all.logprobs));
    }
    return new Reply.Finished(
        end.id(),
        end.attempt(),
        end.seq(),
        whole,
        end.usage(),
        end.prompt() == null ? prompt : end.prompt());
  }

  private Pieces pieces(int index) {
    return choices.computeIfAbsent(index, i -> new Pieces());
  }
}
