package io.millrace.engine.constraint;

import io.millrace.engine.sampling.TokenMask;
import io.millrace.grammar.GrammarMatcher;
import io.millrace.grammar.error.GrammarException;
import io.millrace.grammar.token.Vocabulary;
import io.millrace.protocol.Invalid;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * How far one answer has come in its grammar, and the mask of its next token. Masks are found on
 * other threads, from {@link #prepare} on, while the model computes. Used by one thread at a time.
 *
 * <p>A mask that cannot be found must not hold up other answers: any token is let pass then, and
 * {@link #accept} refuses it.
 */
public final class ConstrainedAnswer {
  /** For one mask, which takes some microseconds. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final String param;
  private final Vocabulary vocabulary;
  private final GrammarMatcher matcher;
  private final Set<Integer> stopTokens;
  private final Set<Integer> ignoredEnds;
  private final ExecutorService threads;
  private final ConstraintListener listener;
  private final long[] words;
  private @Nullable Future<?> pending;
  private @Nullable Invalid failure;

  /**
   * @param param the field that describes the grammar
   * @param matcher before the first token
   * @param stopTokens tokens that end the answer where the grammar may end
   * @param ignoredEnds ends of the vocabulary that do not end this answer
   * @param threads find masks
   * @param listener told of each
   */
  ConstrainedAnswer(
      String param,
      GrammarMatcher matcher,
      Vocabulary vocabulary,
      Set<Integer> stopTokens,
      Set<Integer> ignoredEnds,
      ExecutorService threads,
      ConstraintListener listener) {
    this.param = param;
    this.vocabulary = vocabulary;
    this.matcher = matcher;
    this.stopTokens = stopTokens;
    this.ignoredEnds = ignoredEnds;
    this.threads = threads;
    this.listener = listener;
    this.words = new long[vocabulary.words()];
  }

  /**
   * Begins to find the mask of the next token.
   *
   * @param tokensLeft how many the answer may still have, the next one included: where they just
   *     suffice, it is led to its end
   */
  public void prepare(TokenChoice wishes, int tokensLeft) {
    pending = threads.submit(() -> find(wishes, tokensLeft));
  }

  /** The mask of the next token, once it is prepared. */
  public TokenMask mask() {
    return this::await;
  }

  /**
   * Goes on by the next token, which is none of the stop tokens.
   *
   * @throws Invalid if the grammar cannot go on
   */
  public void accept(int token) {
    if (pending != null) {
      await(); // who has sampled has waited already
    }
    if (failure != null) {
      throw failure;
    }
    try {
      if (!matcher.accept(token)) {
        throw new IllegalStateException("the grammar does not allow token " + token);
      }
    } catch (GrammarException e) {
      throw invalid(e.getMessage());
    }
  }

  /** How many of some tokens the answer could go on with, one after the other. */
  public int numAllowed(List<Integer> tokens) {
    if (pending != null) {
      await(); // the matcher is another thread's until then
    }
    int allowed = 0;
    try {
      while (failure == null && allowed < tokens.size() && matcher.accept(tokens.get(allowed))) {
        allowed++;
      }
    } catch (GrammarException e) {
      return 0; // what is sampled may be another token, and is told if it is not
    } finally {
      matcher.rollback(allowed);
    }
    return allowed;
  }

  /** Whether nothing may follow but the end. */
  public boolean isComplete() {
    return matcher.hasEnded() || matcher.mustEnd();
  }

  private void find(TokenChoice wishes, int tokensLeft) {
    long begin = System.nanoTime();
    matcher.mask(words, tokensLeft);
    listener.maskFound(Duration.ofNanos(System.nanoTime() - begin));
    if (matcher.canEnd()) {
      stopTokens.stream()
          .filter(token -> vocabulary.bytes(token).length == 0)
          .forEach(token -> words[token >> 6] |= 1L << token);
    }
    if (TokenChoice.isEmpty(words)) {
      throw invalid("cannot go on with any token of the model");
    }
    TokenChoice.forbid(words, ignoredEnds);
    wishes.narrow(words);
  }

  private long[] await() {
    Future<?> mask = pending;
    if (mask == null) {
      throw new IllegalStateException("nobody has asked for this mask");
    }
    if (failure == null) {
      try {
        mask.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        return words;
      } catch (ExecutionException e) {
        Throwable cause = Objects.requireNonNull(e.getCause());
        failure = cause instanceof Invalid said ? said : invalid(cause.getMessage());
      } catch (TimeoutException e) {
        mask.cancel(true);
        failure = invalid("takes more than %d s for a token".formatted(TIMEOUT.toSeconds()));
      } catch (CancellationException e) {
        failure = invalid("is not needed any more");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = invalid("is not needed any more");
      }
    }
    long[] any = new long[words.length];
    Arrays.fill(any, -1);
    return any;
  }

  private Invalid invalid(@Nullable String message) {
    return new Invalid(param, param + ": " + message);
  }
}
