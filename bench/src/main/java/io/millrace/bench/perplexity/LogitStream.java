package io.millrace.bench.perplexity;

import io.millrace.engine.model.LanguageModel;
import io.millrace.engine.schedule.BlockManager;
import io.millrace.engine.schedule.Scheduler;
import io.millrace.engine.schedule.Sequence;
import io.millrace.engine.schedule.StepPlan;

/** What a model expects after every token of a text, a few tokens at a time. */
final class LogitStream {
  /** Rows of logits are as wide as the vocabulary: a whole text's would fill the memory. */
  static final int MOST_TOKENS_A_STEP = 64;

  private final LanguageModel model;
  private final Sequence sequence;
  private final Scheduler scheduler;

  /**
   * @param tokensAStep {@link #MOST_TOKENS_A_STEP} at most; with 1 the text is read as answers are
   *     made
   */
  LogitStream(LanguageModel model, int[] tokens, int tokensAStep) {
    this.model = model;
    this.sequence = new Sequence("text", 0, 0, tokens);
    this.scheduler =
        new Scheduler(new BlockManager(model.numBlocks(), model.blockSize()), 1, tokensAStep);
    scheduler.add(sequence);
  }

  boolean hasNext() {
    return sequence.numComputedTokens() < sequence.numTokens();
  }

  /** The scores of all tokens after each of the next few positions. */
  float[][] next() {
    StepPlan plan = scheduler.schedule();
    float[][] logits = model.logitsOfAllTokens(plan);
    scheduler.completed(plan);
    return logits;
  }
}
