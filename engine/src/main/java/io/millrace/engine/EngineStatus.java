package io.millrace.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The engine's figures at one moment.
 *
 * @param running sequences in the batch
 * @param waiting sequences without room in the batch or in the KV cache yet
 * @param kvCacheUsage share of the cache's blocks that sequences use, 0 to 1
 * @param device such as {@code cpu} or {@code cuda:0}
 * @param maxInputLen tokens a prompt may have
 * @param maxOutputLen tokens an answer may have
 * @param failure why the engine no longer works; null while it does
 * @param cache more about the KV cache
 * @param tokens what was computed since the start
 * @param drafts what speculation has proposed since the start
 * @param step the step that runs now; null between steps
 */
public record EngineStatus(
    int running,
    int waiting,
    double kvCacheUsage,
    String device,
    int maxInputLen,
    int maxOutputLen,
    @Nullable String failure,
    Cache cache,
    Tokens tokens,
    Drafts drafts,
    @Nullable Step step) {

  /**
   * The KV cache, and what happened in it since the start.
   *
   * @param numBlocks blocks of the cache, in use or not
   * @param prefixCacheQueries tokens of prompts that were looked up in the prefix cache
   * @param prefixCacheHits tokens that were found there, and not computed again
   * @param numPreemptions how often a sequence lost its blocks to others
   */
  public record Cache(
      int numBlocks, long prefixCacheQueries, long prefixCacheHits, long numPreemptions) {
    /** The figures of an engine that has no cache yet. */
    public static final Cache NONE = new Cache(0, 0, 0, 0);
  }

  /**
   * The tokens of all requests since the start, as they are made: those of requests that were
   * cancelled count, too.
   *
   * @param prompt tokens of prompts that were computed, or found in the prefix cache
   * @param generation tokens of answers
   */
  public record Tokens(long prompt, long generation) {
    /** The figures of an engine that has computed nothing. */
    public static final Tokens NONE = new Tokens(0, 0);
  }

  /**
   * The proposals of speculation since the start.
   *
   * @param count steps of a sequence in which tokens were proposed
   * @param tokens tokens that were proposed, and computed
   * @param accepted those of them that were right
   */
  public record Drafts(long count, long tokens, long accepted) {
    /** The figures of an engine that has proposed nothing. */
    public static final Drafts NONE = new Drafts(0, 0, 0);

    /** These and one more. */
    Drafts with(int proposed, int right) {
      return new Drafts(count + 1, tokens + proposed, accepted + right);
    }
  }

  /**
   * The step that is being computed; loading and warm-up are not steps.
   *
   * @param number 1 for the engine's first one
   * @param age how long it has run
   */
  public record Step(long number, Duration age) {}

  public EngineStatus(
      int running,
      int waiting,
      double kvCacheUsage,
      String device,
      int maxInputLen,
      int maxOutputLen,
      @Nullable String failure) {
    this(
        running,
        waiting,
        kvCacheUsage,
        device,
        maxInputLen,
        maxOutputLen,
        failure,
        Cache.NONE,
        Tokens.NONE,
        Drafts.NONE,
        null);
  }

  /** The same figures with another running step, or with none. */
  public EngineStatus during(@Nullable Step now) {
    return new EngineStatus(
        running,
        waiting,
        kvCacheUsage,
        device,
        maxInputLen,
        maxOutputLen,
        failure,
        cache,
        tokens,
        drafts,
        now);
  }
}
