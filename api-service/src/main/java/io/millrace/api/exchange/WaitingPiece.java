package io.millrace.api.exchange;

import io.millrace.protocol.AnswerJoiner;
import io.millrace.protocol.FinishReason;
import io.millrace.protocol.PromptReport;
import io.millrace.protocol.Reply;
import io.millrace.protocol.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Deltas of one answer that wait to be read, joined. */
final class WaitingPiece {
  /** What a log-probability weighs beside a character. */
  private static final int LOGPROB = 16;

  private final AnswerJoiner said = new AnswerJoiner();
  private final List<Integer> tokenIds = new ArrayList<>();
  private final List<TokenLogprobs> logprobs = new ArrayList<>();
  private @Nullable PromptReport prompt;
  private Reply.@Nullable Delta latest;
  private int size;

  /** How much a delta weighs, in characters. */
  static int size(Reply.Delta delta) {
    return delta.said().numCharacters() + LOGPROB * numbers(delta.logprobs());
  }

  private static int numbers(List<TokenLogprobs> places) {
    return places.stream().mapToInt(place -> 1 + place.top().size()).sum();
  }

  void add(Reply.Delta delta) {
    said.add(delta.said());
    tokenIds.addAll(delta.tokenIds());
    logprobs.addAll(delta.logprobs());
    prompt = delta.prompt() == null ? prompt : delta.prompt();
    latest = delta;
    size += size(delta);
  }

  int size() {
    return size;
  }

  Reply.Delta joined() {
    Reply.Delta last = Objects.requireNonNull(latest);
    FinishReason reason = last.reason();
    return new Reply.Delta(
        last.id(),
        last.attempt(),
        last.seq(),
        last.seq() - tokenIds.size(),
        last.index(),
        said.joined(),
        reason,
        tokenIds,
        logprobs,
        prompt);
  }
}
