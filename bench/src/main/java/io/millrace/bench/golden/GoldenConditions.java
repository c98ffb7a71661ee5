package io.millrace.bench.golden;

import io.millrace.engine.schedule.Policy;
import io.millrace.engine.speculation.Drafter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The conditions under which golden cases run, none of which may change a token.
 *
 * @param policy the policy of steps that a single case has for itself
 * @param preempt whether every case loses its blocks now and then while it is answered
 * @param prefixCache whether a run may begin with what earlier ones have left in the cache
 * @param drafter proposes tokens to be computed in advance; null for none
 */
record GoldenConditions(
    Policy policy, boolean preempt, boolean prefixCache, @Nullable Drafter drafter) {

  /**
   * The counts of what the conditions have caused so far.
   *
   * @param prompts that were computed
   * @param pieces that they were computed in
   * @param preemptions of cases in the middle of their answers
   * @param queries tokens of prompts that were looked for in the prefix cache
   * @param hits tokens that were found there
   * @param proposed tokens that were computed in advance
   * @param accepted those of them that were right
   */
  record Counts(
      long prompts,
      long pieces,
      long preemptions,
      long queries,
      long hits,
      long proposed,
      long accepted) {
    Counts since(Counts earlier) {
      return new Counts(
          prompts - earlier.prompts,
          pieces - earlier.pieces,
          preemptions - earlier.preemptions,
          queries - earlier.queries,
          hits - earlier.hits,
          proposed - earlier.proposed,
          accepted - earlier.accepted);
    }
  }

  /** Conditions of nothing but a limit of tokens in a step, which cuts prompts into pieces. */
  static GoldenConditions chunks(int maxNumBatchedTokens) {
    return new GoldenConditions(Policy.mixed(1, maxNumBatchedTokens), false, false, null);
  }

  /**
   * The policy of steps that several cases share: at least a token of each, but no more of a single
   * one than if it were alone.
   */
  Policy policy(int cases) {
    int chunk = Math.min(policy.maxChunk(), policy.maxNumBatchedTokens());
    int tokens = Math.max(policy.maxNumBatchedTokens(), cases);
    return new Policy(cases, tokens, chunk, policy.prefillRatio());
  }

  /**
   * The conditions and their counts in one line.
   *
   * @param hitting counts of the runs that could find something in the cache
   */
  String summary(Counts all, Counts hitting) {
    List<String> parts = new ArrayList<>();
    parts.add(
        "%d prompts in %d pieces of at most %d tokens"
            .formatted(all.prompts, all.pieces, policy(1).maxChunk()));
    if (policy.prefillRatio() != null) {
      parts.add("steps for prompts or answers, at a ratio of " + policy.prefillRatio());
    }
    if (preempt) {
      parts.add(all.preemptions + " preemptions");
    }
    if (prefixCache) {
      parts.add(
          "%d of %d prompt tokens from the prefix cache".formatted(hitting.hits, hitting.queries));
    }
    if (drafter != null) {
      parts.add("%d of %d proposed tokens accepted".formatted(all.accepted, all.proposed));
    }
    return "forced   " + String.join(", ", parts);
  }
}
