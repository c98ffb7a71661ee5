package io.millrace.protocol;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tracker of the replies to one request: of those of all attempts, in the order of their topic,
 * it gives what is news, so that an answer is told once and has neither holes nor splices.
 *
 * <p>From the first reply of an attempt on, lower ones do not count: a worker that has lost its
 * lease may go on for a while. A piece that begins beyond what was told waits for an attempt that
 * fills the hole. Belongs to one thread.
 */
public final class ReplyTracker {
  private final Map<Integer, ToldChoice> choices = new HashMap<>();
  private final Set<Integer> prompts = new HashSet<>();
  private int attempt;
  private @Nullable String source;
  private boolean ambiguous;
  private boolean accepted;
  private boolean ended;

  /**
   * Takes the next reply.
   *
   * @return what it adds; a {@link Reply.Failed} in its place where the answer cannot go on; empty
   *     if it adds nothing
   */
  public Optional<Reply> take(Reply reply) {
    reply.handle(this::look, delta -> {}, finished -> {}, failed -> {});
    if (ended || reply.attempt() < attempt) {
      return Optional.empty();
    }
    attempt = reply.attempt();
    Optional<Reply> news =
        reply.match(this::begin, this::add, this::finish, failed -> Optional.of(failed));
    accepted = true;
    ended = news.isPresent() && news.get().isLast();
    return news;
  }

  /** Looks whether another record asks under the same id, after the other's answer or beside it. */
  private void look(Reply.Accepted begun) {
    boolean same = begun.source().equals(source);
    // Where an end was read without its beginning, an attempt that is no higher is of another.
    boolean other = source == null ? begun.attempt() <= attempt : !same;
    if (other && ended) {
      forget();
    } else if (other && source != null) {
      ambiguous = true;
    }
    source = begun.source();
  }

  private void forget() {
    choices.clear();
    prompts.clear();
    attempt = 0;
    accepted = false;
    ended = false;
  }

  private Optional<Reply> begin(Reply.Accepted begun) {
    return accepted ? Optional.empty() : Optional.of(begun);
  }

  private Optional<Reply> add(Reply.Delta delta) {
    ToldChoice told = choice(delta.index());
    ToldChoice.Piece piece =
        new ToldChoice.Piece(delta.begin(), delta.said(), delta.tokenIds(), delta.logprobs());
    if (told.contradicts(piece)) {
      return Optional.of(contradiction(delta));
    }
    ToldChoice.Piece news = told.isReached(piece) ? told.add(piece) : null;
    if (news == null || news.tokenIds().isEmpty()) {
      return Optional.empty();
    }
    told.end(delta.reason());
    PromptReport prompt = delta.prompt();
    return Optional.of(
        new Reply.Delta(
            delta.id(),
            delta.attempt(),
            delta.seq(),
            news.begin(),
            delta.index(),
            news.said(),
            delta.reason(),
            news.tokenIds(),
            news.logprobs(),
            prompt == null || !prompts.add(prompt.index()) ? null : prompt));
  }

  private Optional<Reply> finish(Reply.Finished finished) {
    List<Reply.Choice> ends = new ArrayList<>();
    for (Reply.Choice end : finished.choices()) {
      ToldChoice told = choice(end.index());
      ToldChoice.Piece piece =
          new ToldChoice.Piece(end.begin(), end.said(), end.tokenIds(), end.logprobs());
      if (!told.isReached(piece)) {
        return Optional.of(failure(finished, "a part of the answer was lost on its way"));
      }
      if (told.contradicts(piece) || end.end() < told.numTokens()) {
        return Optional.of(contradiction(finished));
      }
      ToldChoice.Piece news = told.add(piece);
      ends.add(
          new Reply.Choice(
              end.index(),
              news.begin(),
              news.said(),
              end.reason(),
              news.tokenIds(),
              news.logprobs()));
    }
    return Optional.of(
        new Reply.Finished(
            finished.id(),
            finished.attempt(),
            finished.seq(),
            ends,
            finished.usage(),
            finished.prompts().stream().filter(it -> !prompts.contains(it.index())).toList()));
  }

  private static Reply contradiction(Reply reply) {
    return failure(
        reply,
        "the answer was begun anew by another worker and came out differently;"
            + " what was sent cannot be taken back");
  }

  private static Reply failure(Reply reply, String message) {
    return new Reply.Failed(
        reply.id(), reply.attempt(), reply.seq(), FailureKind.UNAVAILABLE, message, null);
  }

  private ToldChoice choice(int index) {
    return choices.computeIfAbsent(index, none -> new ToldChoice());
  }

  /** Whether a worker has begun. */
  public boolean started() {
    return accepted;
  }

  /**
   * What was told so far in answer to one record. Nothing if all of it answers another that asked
   * under the same id: that one's end is not the end of this one.
   *
   * @param asker the record, as {@link Reply.Accepted#source} names it
   */
  public PriorOutput output(String asker) {
    if (asker.equals(source)) {
      return output();
    }
    return ended ? PriorOutput.NONE : new PriorOutput(attempt, false, Map.of(), Set.of());
  }

  /**
   * What was told so far. Nothing that another attempt may go on from if two records asked under
   * the same id: nobody can tell their answers apart.
   */
  public PriorOutput output() {
    if (ambiguous) {
      return new PriorOutput(attempt, false, Map.of(), Set.of());
    }
    Map<Integer, PriorOutput.Choice> told = new HashMap<>();
    choices.forEach(
        (index, choice) -> {
          if (choice.numTokens() > 0) {
            told.put(index, choice.output());
          }
        });
    return new PriorOutput(attempt, ended, told, prompts);
  }
}
