package io.millrace.grammar;

import io.millrace.grammar.pushdown.State;
import io.millrace.grammar.token.Vocabulary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How far one answer has come in its grammar. One thread at a time may use it; the thread may
 * change from call to call.
 *
 * <p>A step is {@link #mask}, then {@link #accept} of one of the tokens that it allows. Where a
 * matcher is depends on nothing but the tokens it has accepted: after a crash they are accepted
 * again.
 */
public final class GrammarMatcher {
  /** How many tokens before the last possible one completing the answer is looked at, at least. */
  private static final int AHEAD = 64;

  /** The most bytes of a shortest answer that are looked ahead for what begins within it. */
  private static final int MOST_AHEAD = 512;

  private final Vocabulary vocabulary;
  private final List<State> states;
  private boolean ended;

  /** Before the first token of an answer. */
  public GrammarMatcher(Grammar grammar, Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.states = new ArrayList<>();
    states.add(grammar.start());
  }

  private GrammarMatcher(GrammarMatcher other) {
    this.vocabulary = other.vocabulary;
    this.states = new ArrayList<>(other.states);
    this.ended = other.ended;
  }

  /**
   * Begins within the answer: behind a text of it that is no token's, before any is accepted.
   *
   * @return whether the grammar begins so; where it does not, nothing has changed
   */
  public boolean begin(String text) {
    State state = after(state(), text.getBytes(StandardCharsets.UTF_8));
    if (state.isDead()) {
      return false;
    }
    states.set(0, state);
    return true;
  }

  private static State after(State state, byte[] bytes) {
    State at = state;
    for (int i = 0; i < bytes.length && !at.isDead(); i++) {
      at = at.next(bytes[i] & 0xff);
    }
    return at;
  }

  /**
   * The tokens that may come next, token {@code t} as bit {@code t % 64} of word {@code t / 64}.
   * The end tokens are among them exactly if {@link #canEnd}; no other special token ever is. None
   * is allowed after the end.
   *
   * @param mask {@link Vocabulary#words} words or more, all of which are overwritten
   */
  public void mask(long[] mask) {
    Arrays.fill(mask, 0);
    if (!ended) {
      TokenMask.fill(state(), vocabulary, mask);
    }
  }

  /**
   * The tokens that may come next if the answer has so many left. Where they just suffice to
   * complete it, only those are allowed behind which they still do. Where they do not suffice, or
   * it is not known, all are that {@link #mask(long[])} allows.
   *
   * <p>A token is taken for a byte, for a byte is what any vocabulary has tokens for.
   */
  public void mask(long[] mask, int tokensLeft) {
    mask(mask);
    if (ended || !isNear(tokensLeft)) {
      return;
    }
    long[] completable = new long[mask.length];
    TokenMask.fill(state(), vocabulary, completable, tokensLeft - 1);
    if (Arrays.stream(completable).anyMatch(word -> word != 0)) {
      System.arraycopy(completable, 0, mask, 0, mask.length);
    }
  }

  /** Whether the answer can be completed, and not after just any token that may come. */
  private boolean isNear(int tokensLeft) {
    if (states.get(0).shortest() == State.UNKNOWN) {
      return false; // not to look again for each token
    }
    int least = state().shortest();
    return least <= tokensLeft
        && tokensLeft <= least + AHEAD + 2 * Math.min(MOST_AHEAD, states.get(0).shortest());
  }

  /**
   * Goes on by a token.
   *
   * @return whether it was allowed; where it was not, nothing has changed
   */
  public boolean accept(int token) {
    if (ended || token < 0 || token >= vocabulary.size()) {
      return false;
    }
    if (vocabulary.isEnd(token)) {
      ended = state().canEnd();
      return ended;
    }
    byte[] bytes = vocabulary.bytes(token);
    State state = after(state(), bytes);
    if (bytes.length == 0 || state.isDead()) {
      return false;
    }
    states.add(state);
    return true;
  }

  /** Whether the answer may end here. */
  public boolean canEnd() {
    return state().canEnd();
  }

  /** Whether the answer is complete and nothing but its end may come. */
  public boolean mustEnd() {
    return state().size() == 0;
  }

  /** Whether an end token was accepted. */
  public boolean hasEnded() {
    return ended;
  }

  /** How many tokens were accepted, the end left out. */
  public int length() {
    return states.size() - 1;
  }

  /**
   * The bytes that must come next, whatever is sampled, up to where there is a choice. How they are
   * cut into tokens is not said: a model may have several ways.
   */
  public byte[] forcedBytes() {
    ByteArrayOutputStream forced = new ByteArrayOutputStream();
    State state = state();
    while (!ended && !state.canEnd()) {
      int b = state.onlyByte();
      if (b < 0 || forced.size() > 4096) {
        break;
      }
      forced.write(b);
      state = state.next(b);
    }
    return forced.toByteArray();
  }

  /**
   * The only token of a mask, or -1: to accept it without asking the model is exact, as nothing
   * else can be sampled.
   */
  public static int onlyToken(long[] mask) {
    int only = -1;
    for (int word = 0; word < mask.length; word++) {
      if (mask[word] != 0) {
        if (only >= 0 || Long.bitCount(mask[word]) > 1) {
          return -1;
        }
        only = word * 64 + Long.numberOfTrailingZeros(mask[word]);
      }
    }
    return only;
  }

  /** Another matcher at the same place, which goes its own way. */
  public GrammarMatcher fork() {
    return new GrammarMatcher(this);
  }

  /**
   * Takes back the last tokens, an end token as well.
   *
   * @throws IllegalArgumentException if fewer were accepted
   */
  public void rollback(int tokens) {
    int accepted = length() + (ended ? 1 : 0);
    if (tokens < 0 || tokens > accepted) {
      throw new IllegalArgumentException(
          "%d tokens cannot be taken back, for %d were accepted".formatted(tokens, accepted));
    }
    if (tokens > 0 && ended) {
      ended = false;
      rollback(tokens - 1);
      return;
    }
    states.subList(states.size() - tokens, states.size()).clear();
  }

  private State state() {
    return states.get(states.size() - 1);
  }
}
